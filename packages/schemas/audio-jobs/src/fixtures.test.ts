// The shared fixtures, line by line: what each must be taken for (formats §5, and the notes that came with the files).
import { createHash } from 'node:crypto'
import { formatNode, parse } from '@ledgerd/canonical'
import type { ObjectNode } from '@ledgerd/canonical'
import { describe, expect, it } from 'vitest'
import { brief, checkFile, readVector, readVectorLines } from '../conformance/check-file.ts'
import { judgeAcceptance, scoresOf } from './acceptance.ts'
import { audioJobs, configureAudioJobs } from './audio-jobs.ts'
import { verifySignature } from './sign-record.ts'

const publicKey = new TextDecoder().decode(readVector('ed25519_test_only.pub.hex')).trim()
const signedFile = 'seed_schema_signed.jsonl'
const unsignedFile = 'seed_schema_unsigned.jsonl'

function record(line: Uint8Array): ObjectNode {
  const result = parse(line, { allowNonFinite: true })
  if (!result.ok || result.root.kind !== 'object') throw new Error('a fixture line is no record')
  return result.root
}

describe('vectors', () => {
  it('are the files that were copied', () => {
    const sums = new TextDecoder().decode(readVector('SHA256SUMS')).trim().split('\n')
    expect(sums).toHaveLength(11)
    for (const sum of sums) {
      const [digest, path = ''] = sum.split('  ')
      expect(`${path} ${createHash('sha256').update(readVector(path)).digest('hex')}`).toBe(`${path} ${digest}`)
    }
  })
})

describe('window records', () => {
  const verifying = configureAudioJobs({ signature: { isRequired: true, publicKeys: [publicKey] } })
  const cases = [
    { name: unsignedFile, schema: audioJobs, variants: { unsigned: 72 }, infos: 0 },
    { name: signedFile, schema: audioJobs, variants: { signed: 72 }, infos: 72 },
    { name: signedFile, schema: verifying, variants: { signed: 72 }, infos: 0 },
  ]
  for (const { name, schema, variants, infos } of cases)
    it(`${name}, ${schema === audioJobs ? 'no key' : 'verified'}`, () => {
      const check = checkFile(name, { schema })
      expect(check.lines).toBe(72)
      expect(Object.fromEntries(check.variants)).toEqual(variants)
      expect(brief(check.findings, 'E')).toEqual([])
      const warnings = check.findings.filter(({ severity }) => severity === 'W')
      expect(warnings).toHaveLength(24)
      expect(warnings.every(({ code, path }) => code === 'score-range' && path === '/scores_after/spk_cos')).toBe(true)
      const third = Array.from({ length: 24 }, (_, i) => 3 * i + 3)
      expect(warnings.map(({ line }) => line)).toEqual(third)
      expect(brief(check.findings, 'I')).toEqual(Array.from({ length: infos }, (_, i) => `sign-unchecked@${i + 1}`))
    })

  it('unsigned lines are refused where signatures are required', () => {
    const check = checkFile(unsignedFile, { schema: verifying })
    expect(brief(check.findings, 'E')).toEqual(Array.from({ length: 72 }, (_, i) => `sign-missing@${i + 1}`))
    expect(check.variants.size).toBe(0)
  })

  it('say nothing about themselves at level lines', () => {
    expect(checkFile(unsignedFile, { level: 'lines' }).findings).toEqual([])
  })

  it('verify by promise, too, and not under another key', async () => {
    const other = '0'.repeat(62) + '05'
    for (const line of readVectorLines(signedFile)) {
      expect(await verifySignature(line, [publicKey])).toEqual({ state: 'valid', publicKey, breaches: [] })
      const foreign = await verifySignature(line, [other])
      expect([foreign.state, ...foreign.breaches.map(({ code }) => code)]).toEqual(['invalid', 'sign-invalid'])
    }
    expect((await verifySignature(readVectorLines(unsignedFile)[0]!, [publicKey])).state).toBe('unsigned')
  })

  it('are accepted by the default thresholds in 18 of 72 lines', () => {
    const verdicts = readVectorLines(unsignedFile).map((line) => judgeAcceptance(scoresOf(record(line))))
    expect(verdicts.filter(({ isAccepted }) => isAccepted)).toHaveLength(18)
  })

  it('are written again byte for byte', () => {
    for (const name of [signedFile, unsignedFile])
      for (const line of readVectorLines(name)) {
        const text = new TextDecoder().decode(line)
        expect(formatNode(record(line), 'python-ordered')).toEqual({ ok: true, text })
        const draft = `{"type": "window", "id": "${'a'.repeat(32)}", "data": ${text}}`
        const admitted = audioJobs.openWriter({ ledger: 'jobs/test' }).admit(new TextEncoder().encode(draft))
        const target = new Uint8Array(admitted.lineBytesMax)
        const writer = audioJobs.openWriter({ ledger: 'jobs/test' })
        const end = writer.seal(admitted, { seq: 0, timeMs: 0 }, target, 0)
        expect(new TextDecoder().decode(target.subarray(0, end))).toBe(`${text}\n`)
        expect(writer.isSameContent(admitted, line)).toBe(true)
        expect(audioJobs.eventIdOf(line)).toBe(admitted.eventId)
      }
  })

  it('have identities of their own, and of the digest where they are signed', () => {
    const ids = [signedFile, unsignedFile].flatMap((name) => checkFile(name).verdicts.map(({ eventId }) => eventId))
    expect(new Set(ids).size).toBe(144)
    for (const line of readVectorLines(signedFile)) {
      const { sign } = JSON.parse(new TextDecoder().decode(line)) as { readonly sign: { readonly sha256: string } }
      expect(audioJobs.eventIdOf(line)).toBe(sign.sha256.slice('sha256:'.length).slice(0, 32))
    }
  })

  it('are read as events', () => {
    const event = audioJobs.decode(readVectorLines(unsignedFile)[5]!)
    expect(event).toMatchObject({ type: 'window', version: 1, link: 'J_000000', time: '2025-11-04T22:11:09Z' })
    expect(audioJobs.payloadState(event)).toBe('valid')
    expect(audioJobs.timeMsOf(readVectorLines(unsignedFile)[5]!)).toBe(Date.parse('2025-11-04T22:11:09Z'))
  })
})

describe('rows of the original', () => {
  it('review rows: any text as time, NaN with a warning', () => {
    const check = checkFile('real_review_ledger/ledger.jsonl')
    expect(check.lines).toBe(42)
    expect(Object.fromEntries(check.variants)).toEqual({ review: 42 })
    expect(check.findings).toMatchObject([
      { code: 'non-finite-number', severity: 'W', line: 42, path: '/scores/clap', offset: 11_991 },
    ])
    const lines = readVectorLines('real_review_ledger/ledger.jsonl')
    expect(audioJobs.decode(lines[40]!)).toMatchObject({ type: 'review', time: 'row wins over writer ts' })
    expect(audioJobs.timeMsOf(lines[40]!)).toBeUndefined()
    expect(audioJobs.timeMsOf(lines[41]!)).toBe(Date.parse('2026-11-20T17:52:57Z'))
  })

  it('tool rows', () => {
    const parts = [0, 1, 2, 3].map((i) => `real_shards/ledger.part000${i}.jsonl`)
    const checks = parts.map((part) => checkFile(part))
    expect(checks.map(({ lines }) => lines)).toEqual([18, 18, 18, 6])
    expect(checks.flatMap(({ findings }) => findings)).toEqual([])
    expect(checks.map(({ variants }) => variants.get('tool'))).toEqual([18, 18, 18, 6])
    expect(audioJobs.timeMsOf(readVectorLines(parts[0]!)[0]!)).toBe(1_767_225_600_000)
    expect(audioJobs.routeOf(readVectorLines(parts[0]!)[0]!)).toMatchObject({ type: 'tool', link: null })
  })
})
