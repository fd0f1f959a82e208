// Bad signatures, as stored lines and as drafts (formats §5.4, §5.5).
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type AlteredWindow, brief, expectVerdicts, findingsOf } from '../conformance/bad-windows.ts'
import { readVector, readVectorLines } from '../conformance/check-file.ts'
import { altered, hash, sampleWindow, sealDraft } from '../conformance/sample-window.ts'
import { configureAudioJobs } from './audio-jobs.ts'
import type { AudioJobs } from './audio-jobs.ts'
import { signRecord } from './sign-record.ts'

const decoder = new TextDecoder()
const encoder = new TextEncoder()

describe('signatures', () => {
  const pair = generateKeyPairSync('ed25519')
  const seed = new Uint8Array(
    createPrivateKey({ key: pair.privateKey.export({ format: 'der', type: 'pkcs8' }), format: 'der', type: 'pkcs8' })
      .export({ format: 'der', type: 'pkcs8' })
      .subarray(16),
  )
  const publicKey = createPublicKey(pair.privateKey)
    .export({ format: 'der', type: 'spki' })
    .subarray(12)
    .toString('hex')
  const verifying = configureAudioJobs({ signature: { publicKeys: [publicKey] } })
  const requiring = configureAudioJobs({ signature: { isRequired: true, publicKeys: [publicKey] } })
  const timed = { ...sampleWindow, ts: '2025-11-04T22:10:31Z' }
  const sigOf = (bytes: number): string => `ed25519:${Buffer.alloc(bytes, 7).toString('base64')}`

  it('of our own are taken, and hold on the line', async () => {
    const data = await signRecord(timed, seed)
    for (const schema of [verifying, requiring]) {
      const line = sealDraft(schema, encoder.encode(schema.encodeDraft({ type: 'window', id: 'a'.repeat(32), data })))
      expect(findingsOf(line, schema)).toEqual([])
    }
  })

  const cases: readonly (AlteredWindow & { readonly schema?: AudioJobs })[] = [
    {
      name: 'a wrong digest',
      at: 'sign.sha256',
      value: hash,
      found: ['E sign-digest-mismatch /sign/sha256'],
      refused: 'INVARIANT_VIOLATED sign-digest-mismatch /data/sign/sha256',
    },
    {
      name: 'changed content',
      at: 'request.prompt',
      value: 'another',
      found: ['E sign-digest-mismatch /sign/sha256', 'E sign-invalid /sign/sig'],
      refused: 'INVARIANT_VIOLATED sign-digest-mismatch /data/sign/sha256',
    },
    {
      name: 'a member that was not signed',
      at: 'extra',
      value: 1,
      found: ['E sign-digest-mismatch /sign/sha256', 'E sign-invalid /sign/sig'],
      refused: 'INVARIANT_VIOLATED sign-digest-mismatch /data/sign/sha256',
    },
    {
      name: 'another time',
      at: 'ts',
      value: '2025-11-04T22:10:32Z',
      found: ['E sign-digest-mismatch /sign/sha256', 'E sign-invalid /sign/sig'],
      refused: 'INVARIANT_VIOLATED sign-digest-mismatch /data/sign/sha256',
    },
    {
      name: 'a wrong signature',
      at: 'sign.sig',
      value: sigOf(64),
      found: ['E sign-invalid /sign/sig'],
      refused: 'INVARIANT_VIOLATED sign-invalid /data/sign/sig',
    },
    {
      name: '63 bytes',
      at: 'sign.sig',
      value: sigOf(63),
      found: ['E sign-format /sign/sig'],
      refused: 'SCHEMA_INVALID sign-format /data/sign/sig',
    },
    {
      name: '65 bytes',
      at: 'sign.sig',
      value: sigOf(65),
      found: ['E sign-format /sign/sig'],
      refused: 'SCHEMA_INVALID sign-format /data/sign/sig',
    },
    {
      name: 'no base64',
      at: 'sign.sig',
      value: 'ed25519:!',
      found: ['E sign-format /sign/sig'],
      refused: 'SCHEMA_INVALID sign-format /data/sign/sig',
    },
    {
      name: 'base64 for addresses',
      at: 'sign.sig',
      value: sigOf(64).replace(/.==$/, '_=='),
      found: ['E sign-format /sign/sig'],
      refused: 'SCHEMA_INVALID sign-format /data/sign/sig',
    },
    {
      name: 'base64 without padding',
      at: 'sign.sig',
      value: sigOf(64).slice(0, -2),
      found: ['E sign-format /sign/sig'],
      refused: 'SCHEMA_INVALID sign-format /data/sign/sig',
    },
    {
      name: 'base64 with bits left over',
      at: 'sign.sig',
      value: sigOf(64).replace(/.==$/, 'B=='),
      found: ['E sign-format /sign/sig'],
      refused: 'SCHEMA_INVALID sign-format /data/sign/sig',
    },
    {
      name: 'a bare signature',
      at: 'sign.sig',
      value: sigOf(64).slice(8),
      found: ['E sign-format /sign/sig'],
      refused: 'SCHEMA_INVALID sign-format /data/sign/sig',
    },
    {
      name: 'an upper-case digest',
      at: 'sign.sha256',
      value: hash.toUpperCase(),
      found: ['E sign-format /sign/sha256'],
      refused: 'SCHEMA_INVALID sign-format /data/sign/sha256',
    },
    {
      name: 'no sign object',
      at: 'sign',
      value: 'yes',
      found: ['E sign-format /sign'],
      refused: 'SCHEMA_INVALID /data/sign',
    },
    { name: 'scheme 1 by name', at: 'sign.scheme', value: 1, found: [], refused: 'taken' },
    {
      name: 'another scheme',
      at: 'sign.scheme',
      value: 2,
      found: ['W sign-scheme-unknown /sign/scheme'],
      refused: 'SCHEMA_INVALID sign-scheme-unknown /data/sign/scheme',
    },
    {
      name: 'another scheme where a signature is required',
      at: 'sign.scheme',
      value: 2,
      schema: requiring,
      found: ['W sign-scheme-unknown /sign/scheme', 'E sign-missing /sign'],
      refused: 'SCHEMA_INVALID sign-scheme-unknown /data/sign/scheme',
    },
    {
      name: 'no signature where one is required',
      at: 'sign',
      value: undefined,
      schema: requiring,
      found: ['E sign-missing /sign'],
      refused: 'INVARIANT_VIOLATED sign-missing /data/sign',
    },
    { name: 'no signature where none is required', at: 'sign', value: undefined, found: [], refused: 'taken' },
  ]
  for (const { name, at, value, schema = verifying, found, refused } of cases)
    it(name, async () => {
      expectVerdicts(altered(at, value, await signRecord(timed, seed)), { found, refused }, schema)
    })

  it('64.0 rewritten as 64', () => {
    const key = decoder.decode(readVector('ed25519_test_only.pub.hex')).trim()
    const schema = configureAudioJobs({ signature: { publicKeys: [key] } })
    const line = decoder.decode(readVectorLines('seed_schema_signed.jsonl')[0]!)
    expect(findingsOf(line, schema)).toEqual([])
    const findings = findingsOf(line.replace('"t": 64.0', '"t": 64'), schema)
    expect(brief(findings)).toEqual(['E sign-digest-mismatch /sign/sha256', 'E sign-invalid /sign/sig'])
    // Another spelling of the same text is the same record.
    expect(
      findingsOf(
        JSON.stringify(JSON.parse(line))
          .replace('"t":64', '"t":64.0')
          .replaceAll('-14}', '-14.0}')
          .replaceAll('-14,', '-14.0,')
          .replaceAll('"fad":2,', '"fad":2.0,'),
        schema,
      ),
    ).toEqual([])
  })

  it('cannot be by a key that nobody configured, also where the file brings one', async () => {
    const data = { ...(await signRecord(timed, new Uint8Array(32).fill(1))), public_key: '0'.repeat(64) }
    expect(brief(findingsOf(JSON.stringify(data), verifying))).toContain('E sign-invalid /sign/sig')
  })

  it('without a key are said to be unchecked, and their digest still counts', async () => {
    const data = await signRecord(timed, seed)
    expect(brief(findingsOf(JSON.stringify(data)))).toEqual(['I sign-unchecked /sign'])
    expect(brief(findingsOf(JSON.stringify({ ...data, job_id: 'J' })))).toEqual([
      'E sign-digest-mismatch /sign/sha256',
      'I sign-unchecked /sign',
    ])
  })

  it('of rows count, too', async () => {
    const row = await signRecord({ ts: 'any', phase: 'review.loop#0' }, seed)
    expect(findingsOf(JSON.stringify(row), requiring)).toEqual([])
    expect(brief(findingsOf('{"ts": "any", "phase": "review.loop#0"}', requiring))).toEqual(['E sign-missing /sign'])
    expect(brief(findingsOf('{"t": 1}', requiring))).toEqual(['E sign-missing /sign'])
  })
})
