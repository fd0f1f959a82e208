// Suite O of reliability §11: hostile JSON in drafts. What must be taken is stored, read back by our verifier and, where there
// is one, by Python; what must be refused is refused with a code before anything is written.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { formatNode, formatValue, parse } from '@ledgerd/canonical'
import { LedgerError } from '@ledgerd/schema'
import { worldEvents } from '@ledgerd/schema-world-events'
import { verifyLedger } from '@ledgerd/verify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type JsonCase, jsonCases, rfc8785Numbers } from '../faults/hostile-json-cases.ts'
import type { Engine } from '../src/engine/ports.ts'
import { handInFile } from '../faults/suite-report.ts'
import { harness, ledger } from '../test/engine-harness.ts'

const at = harness()
let engine: Engine
let sent = 0
const refusalCodes = new Set(['VALUE_REFUSED', 'SCHEMA_INVALID', 'LINE_TOO_LONG', 'FRAME_INVALID', 'BATCH_TOO_LARGE'])

const python = spawnSync('python3', ['--version']).status === 0

handInFile('O hostile JSON', 300, () => ({
  counts: { cases: jsonCases.length, drafts: sent, numbers: rfc8785Numbers.length },
  notRun: python ? [] : ['the second reader of the stored bytes: python3 is not installed'],
}))

beforeAll(async () => {
  engine = at.open()
  expect(await append(Buffer.from('"first"'))).toBe('stored')
})
afterAll(async () => {
  await engine.close()
  at.remove()
})

/** Sends the value as a member of a draft's data; says `stored` or the code of the refusal. */
async function append(value: Uint8Array): Promise<string> {
  const id = (++sent).toString(16).padStart(32, '0')
  const drafts = Buffer.concat([
    Buffer.from('{"data": {"v": '),
    value,
    Buffer.from(`}, "id": "${id}", "link": null, "meta": {}, "type": "hostile.json"}\n`),
  ])
  try {
    const result = await engine.append({ ledger, drafts, count: 1, isAtomic: false, expect: undefined })
    if (result.kind === 'plain') return 'stored'
    const [outcome] = result.outcomes
    return outcome !== undefined && 'error' in outcome ? outcome.error.code : 'no answer'
  } catch (error) {
    if (error instanceof LedgerError) return error.code
    throw error
  }
}

const linesStored = (): number => fs.readFileSync(at.file).reduce((count, byte) => count + (byte === 0x0a ? 1 : 0), 0)

it('has cases enough of every class', () => {
  const count = (kind: JsonCase['kind']): number => jsonCases.filter((one) => one.kind === kind).length
  process.stderr.write(
    `hostile-json: ${count('accept')} to take, ${count('refuse')} to refuse, ${count('either')} of either\n`,
  )
  expect(jsonCases.length).toBeGreaterThanOrEqual(150)
  expect(Math.min(count('accept'), count('refuse'))).toBeGreaterThanOrEqual(60)
  expect(jsonCases.filter(({ bytes }) => bytes.includes(0x0a))).toEqual([])
})

describe.each(['accept', 'refuse', 'either'] as const)('%s', (kind) => {
  it.each(jsonCases.filter((one) => one.kind === kind))('$name', async ({ bytes }) => {
    const before = fs.readFileSync(at.file)
    const answer = await append(bytes)
    const after = fs.readFileSync(at.file)
    if (kind === 'accept') expect(answer).toBe('stored')
    if (kind === 'refuse') expect(answer).not.toBe('stored')
    if (answer === 'stored') expect(after.subarray(0, before.length).equals(before)).toBe(true)
    else {
      expect(refusalCodes).toContain(answer)
      expect(after.equals(before)).toBe(true)
    }
  })
})

describe('what was stored', () => {
  it('is found right by the verifier', async () => {
    const bytes = fs.readFileSync(at.file)
    const chunks = (async function* () {
      yield bytes
    })()
    const report = await verifyLedger({ chunks, target: at.file, ledger, schema: worldEvents })
    expect(report).toMatchObject({ lines: linesStored() })
    expect(report.findings.filter(({ severity }) => severity === 'E')).toEqual([])
  })

  it.skipIf(!python)('is the same to Python, line by line (needs python3)', () => {
    const { stdout, stderr } = spawnSync('python3', ['-c', readWithPython, at.file], { encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({ lines: linesStored(), different: [] })
  })
})

/** Every line is what json makes of what it reads: nothing is lost, doubled, rounded or ordered otherwise. */
const readWithPython = `
import json, sys
sys.setrecursionlimit(10000)
lines = open(sys.argv[1], 'rb').read().split(b'\\n')[:-1]
def once(pairs):
    assert len(dict(pairs)) == len(pairs), 'a repeated key'
    return dict(pairs)
different = []
for at, line in enumerate(lines):
    value = json.loads(line.decode('utf-8', 'strict'), object_pairs_hook=once)
    if json.dumps(value, sort_keys=True, ensure_ascii=False).encode() != line: different.append(at + 1)
print(json.dumps({'lines': len(lines), 'different': different}))
`

describe('RFC 8785', () => {
  it.each(rfc8785Numbers)('appendix B: %s is %s', (bits, text) => {
    const value = Buffer.from(bits, 'hex').readDoubleBE(0)
    expect(formatValue(value, 'jcs')).toBe(text)
    const parsed = parse(Buffer.from(text))
    expect(parsed.ok && formatNode(parsed.root, 'jcs')).toEqual({ ok: true, text })
  })

  it('§3.2.3: sorts keys by UTF-16 units', () => {
    const keys = ['\u20ac', '\r', '\ufb33', '1', '\u{1f600}', '\u0080', '\u00f6']
    const parsed = parse(Buffer.from(JSON.stringify(Object.fromEntries(keys.map((key) => [key, 0])))))
    const text = parsed.ok ? formatNode(parsed.root, 'jcs') : undefined
    const sorted = ['\r', '1', '\u0080', '\u00f6', '\u20ac', '\u{1f600}', '\ufb33']
    expect(text).toEqual({ ok: true, text: `{${sorted.map((key) => `${JSON.stringify(key)}:0`).join()}}` })
  })
})
