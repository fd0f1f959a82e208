// Signing and verifying on both platforms, and the keys and records that are refused.
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checkBytes, readVectorLines } from '../conformance/check-file.ts'
import { sampleWindow } from '../conformance/sample-window.ts'
import { configureAudioJobs } from './audio-jobs.ts'
import { parsePublicKey } from './ed25519.ts'
import { ed25519 as node } from './ed25519-node.ts'
import { ed25519 as web } from './ed25519-webcrypto.ts'
import { signRecord, verifySignature } from './sign-record.ts'

const encoder = new TextEncoder()
const pair = generateKeyPairSync('ed25519')
const seed = new Uint8Array(pair.privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(16))
const publicKey = createPublicKey(pair.privateKey).export({ format: 'der', type: 'spki' }).subarray(12).toString('hex')
const timed = { ...sampleWindow, ts: '2025-11-04T22:10:31Z' }

describe('node:crypto and WebCrypto', () => {
  it('make the same signature and verify each other', async () => {
    const message = encoder.encode('a record')
    const key = parsePublicKey(publicKey)
    const [ofNode, ofWeb] = [await node.sign(message, seed), await web.sign(message, seed)]
    expect(ofWeb).toEqual(ofNode)
    expect(await web.verify(message, ofNode, key)).toBe(true)
    expect(await node.verify(message, ofWeb, key)).toBe(true)
    const changed = ofNode.slice()
    changed[5] = (changed[5] ?? 0) ^ 1
    for (const platform of [node, web]) {
      expect(await platform.verify(message, changed, key)).toBe(false)
      expect(await platform.verify(encoder.encode('another'), ofNode, key)).toBe(false)
    }
  })

  it('refuse a signature whose second half was not reduced', async () => {
    const message = encoder.encode('a record')
    const signature = await node.sign(message, seed)
    // S + L verifies wherever S is not compared with the order of the group, L (RFC 8032 §5.1.7).
    const order = 2n ** 252n + 27742317777372353535851937790883648493n
    const half = [...signature.subarray(32)].reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n) + order
    const forged = signature.slice()
    for (let i = 0; i < 32; i++) forged[32 + i] = Number((half >> BigInt(8 * i)) & 0xffn)
    for (const platform of [node, web])
      expect(await platform.verify(message, forged, parsePublicKey(publicKey))).toBe(false)
  })
})

describe('a signature', () => {
  it('is over the spelling of the record without it', async () => {
    const one = await signRecord(timed, seed)
    expect(await signRecord(one, seed)).toEqual(one)
    expect(Object.keys(one.sign)).toEqual(['sha256', 'sig'])
    expect((await signRecord({ ...timed, extra: 1 }, seed)).sign).not.toEqual(one.sign)
  })

  const verdicts = async (text: string, keys: readonly string[]): Promise<string[]> => {
    const { state, publicKey: key, breaches } = await verifySignature(encoder.encode(text), keys)
    return [state, ...(key === undefined ? [] : ['by key']), ...breaches.map(({ code }) => code)]
  }

  it('is judged by promise as checkers judge it', async () => {
    const signed = await signRecord(timed, seed)
    const text = JSON.stringify(signed)
    const other = '1'.repeat(64)
    expect(await verdicts(text, [other, publicKey])).toEqual(['valid', 'by key'])
    expect(await verdicts(text, [])).toEqual(['invalid', 'sign-invalid'])
    expect(await verdicts(text.replace('J_abc123', 'J_abc124'), [publicKey])).toEqual([
      ...['invalid', 'sign-digest-mismatch', 'sign-invalid'],
    ])
    const wrongDigest = JSON.stringify({ ...signed, sign: { ...signed.sign, sha256: `sha256:${'0'.repeat(64)}` } })
    expect(await verdicts(wrongDigest, [publicKey])).toEqual(['invalid', 'by key', 'sign-digest-mismatch'])
    expect(await verdicts(text.replace('"sig"', '"scheme":9,"sig"'), [publicKey])).toEqual([
      ...['unknown-scheme', 'sign-scheme-unknown'],
    ])
    expect(await verdicts(text.replace('ed25519:', ''), [publicKey])).toEqual(['invalid', 'sign-format'])
    expect(await verdicts(JSON.stringify(timed), [publicKey])).toEqual(['unsigned'])
  })

  it('does not hold over repeated members', async () => {
    const text = JSON.stringify(await signRecord(timed, seed))
    const forged = text.replace('{', '{"job_id":"J_forged",')
    expect(await verdicts(forged, [publicKey])).toEqual(['invalid', 'duplicate-key'])
  })

  it('of what is no record is refused', async () => {
    for (const text of ['[]', '{', 'null'])
      await expect(verifySignature(encoder.encode(text), [publicKey])).rejects.toThrow(/^EVENT_INVALID/)
  })
})

describe('what cannot be signed', () => {
  const cases = [
    { name: 'a record without time', record: sampleWindow, key: seed, want: /^SCHEMA_INVALID.*\/data\/ts/ },
    { name: 'a key of 64 bytes', record: timed, key: new Uint8Array(64), want: /^CONFIG_INVALID/ },
    { name: 'NaN', record: { ...timed, x: [Number.NaN] }, key: seed, want: /^VALUE_REFUSED: \/data\/x\/0/ },
    { name: 'half a surrogate pair', record: { ...timed, x: '\ud83d' }, key: seed, want: /^VALUE_REFUSED: \/data\/x/ },
  ]
  for (const { name, record, key, want } of cases)
    it(name, async () => {
      await expect(signRecord(record as typeof timed, key)).rejects.toThrow(want)
    })
})

describe('configuration', () => {
  const cases = [
    {
      name: 'an upper-case key',
      options: { signature: { publicKeys: [publicKey.replace(/[a-f]|$/, 'A').slice(0, 64)] } },
    },
    { name: 'a short key', options: { signature: { publicKeys: [publicKey.slice(2)] } } },
    { name: 'a key with a prefix', options: { signature: { publicKeys: [`ed25519:${publicKey}`] } } },
    { name: 'signatures required of nobody', options: { signature: { isRequired: true } } },
    { name: 'a negative limit of loops', options: { loopsMax: -1 } },
  ]
  for (const { name, options } of cases)
    it(`refuses ${name}`, () => expect(() => configureAudioJobs(options)).toThrow(/^CONFIG_INVALID/))

  it('sets the limit of loops', () => {
    const text = `${JSON.stringify({ ...timed, phase: 'audio.window#3.refine#3' })}\n`
    const codes = (loopsMax: number): string[] =>
      checkBytes(encoder.encode(text), { schema: configureAudioJobs({ loopsMax }) }).findings.map(({ code }) => code)
    expect([codes(2), codes(3)]).toEqual([['too-many-loops'], []])
  })

  it('takes a verifier where the platform has none at once', () => {
    const file = encoder.encode(`${new TextDecoder().decode(readVectorLines('seed_schema_signed.jsonl')[0])}\n`)
    const codes = (verifyNow: () => boolean): string[] =>
      checkBytes(file, {
        schema: configureAudioJobs({ signature: { publicKeys: [publicKey], verifyNow } }),
      }).findings.map(({ code }) => code)
    expect([codes(() => true), codes(() => false)]).toEqual([[], ['sign-invalid']])
  })
})

describe('in a browser', () => {
  it('nothing that the package imports is of Node', () => {
    const seen = new Set<string>()
    const open = ['index.ts']
    const outside = new Set<string>()
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      if (seen.has(file)) continue
      seen.add(file)
      const source = readFileSync(new URL(file, import.meta.url), 'utf8')
      for (const [, name = ''] of source.matchAll(/\bfrom '([^']+)'$/gm)) {
        if (name === '#ed25519') open.push('ed25519-webcrypto.ts')
        else if (name.startsWith('./')) open.push(name.slice(2))
        else outside.add(name)
      }
    }
    expect([...outside].sort()).toEqual(['@ledgerd/canonical', '@ledgerd/schema', 'zod'])
    expect(seen.has('sign-record.ts') && !seen.has('ed25519-node.ts')).toBe(true)
  })
})
