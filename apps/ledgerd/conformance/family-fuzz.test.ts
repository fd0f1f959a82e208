// Damaged and invented lines of every family: nothing in a file makes a checker, a reader or the rules throw anything but
// an error of the contract, every finding has its line, offset and a listed code, and the same lines always get the same.
// FAMILY_FUZZ=200000 is the long form.
import fs from 'node:fs'
import { LedgerError, type LedgerSchema } from '@ledgerd/schema'
import { audioJobs } from '@ledgerd/schema-audio-jobs'
import { buildOrder } from '@ledgerd/schema-build-order'
import { kernelRuns } from '@ledgerd/schema-kernel-runs'
import { workflowRecords } from '@ledgerd/schema-workflow-records'
import { worldEvents } from '@ledgerd/schema-world-events'
import { describe, expect, it } from 'vitest'
import { vectorLines } from '../test/family-desk.ts'
import { artifactDraft, seedsDraft } from '../test/family-drafts.ts'
import { rounds, seeded, seedOfRun } from '../test/seeded.ts'

const lineCount = rounds('FAMILY_FUZZ', 400)
const listed = new Set(
  [...fs.readFileSync(new URL('../../../docs/findings.md', import.meta.url), 'utf8').matchAll(/^\| `([\w-]+)`/gm)].map(
    ([, code]) => code,
  ),
)

const families: readonly { schema: LedgerSchema; ledger: string; samples: readonly string[] }[] = [
  {
    schema: worldEvents,
    ledger: 'worlds/daily_undertaking',
    samples: vectorLines('world-events/vectors/live/daily_undertaking.jsonl').slice(0, 60),
  },
  { schema: kernelRuns, ledger: 'runs/a', samples: vectorLines('kernel-runs/vectors/real_cli_runs.jsonl') },
  { schema: buildOrder, ledger: 'builds/a', samples: sealed(buildOrder, [artifactDraft(), seedsDraft()]) },
  {
    schema: audioJobs,
    ledger: 'audio/a',
    samples: [
      ...vectorLines('audio-jobs/vectors/seed_schema_signed.jsonl').slice(0, 12),
      ...vectorLines('audio-jobs/vectors/real_review_ledger/ledger.jsonl').slice(-6),
      ...vectorLines('audio-jobs/vectors/real_shards/ledger.part0003.jsonl'),
    ],
  },
  {
    schema: workflowRecords,
    ledger: 'flows/a',
    samples: vectorLines('workflow-records/vectors/violations/approval_of_other_version.jsonl').slice(0, 90),
  },
]

describe.each(families)('$schema.family', ({ schema, ledger, samples }) => {
  it(`bears ${lineCount} damaged lines`, { timeout: 20_000 + lineCount * 10 }, () => {
    const random = seeded(seedOfRun(`family-fuzz ${schema.family}`))
    const lines = Array.from({ length: lineCount }, () => damaged(samples, random))
    const found = examine(schema, ledger, lines)
    expect(found.length).toBeGreaterThan(lineCount / 4)
    expect(examine(schema, ledger, lines)).toEqual(found)
    for (const { code, line, offset, severity } of found) {
      expect(listed, code).toContain(code)
      expect('EWI').toContain(severity)
      expect([line, offset]).toEqual([line, offsetOf(lines, line)])
    }
  })
})

interface Found {
  readonly code: string
  readonly severity: string
  readonly line: number
  readonly offset: number
}

/** Everything that is ever asked of a stored line. */
function examine(schema: LedgerSchema, ledger: string, lines: readonly Uint8Array[]): readonly Found[] {
  const checkers = (['lines', 'schema'] as const).map((level) => schema.openChecker({ ledger, level }))
  const rules = schema.openRules?.({ ledger })
  const writer = schema.openWriter({ ledger })
  const found: Found[] = []
  let offset = 0
  for (const [at, bytes] of lines.entries()) {
    const place = { line: at + 1, offset }
    const [, verdict] = checkers.map((checker) => checker.check(bytes, place))
    found.push(...(verdict?.findings ?? []))
    rules?.replay(bytes)
    schema.eventIdOf(bytes)
    schema.routeOf(bytes)
    schema.timeMsOf(bytes)
    expectContract(() => schema.payloadState(schema.upcast(schema.decode(bytes))))
    expectContract(() => writer.admit(bytes))
    offset += bytes.length + 1
  }
  return [...found, ...checkers.flatMap((checker) => checker.finish())].filter(({ line }) => line > 0)
}

function expectContract(run: () => unknown): void {
  try {
    run()
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error
  }
}

const offsets = new WeakMap<readonly Uint8Array[], number[]>()

function offsetOf(lines: readonly Uint8Array[], line: number): number | undefined {
  let known = offsets.get(lines)
  if (known === undefined) {
    let offset = 0
    known = lines.map(({ length }) => (offset += length + 1) - length - 1)
    offsets.set(lines, known)
  }
  return known[line - 1]
}

const values = [
  ...['null', 'true', '0', '-0', '1.0', '1e400', '-1e-400', 'NaN', '9007199254740993', '[]', '{}', '""', '" "', '[[]]'],
  ...[
    '"\\ud800"',
    '"\\u0000"',
    '"sha256:"',
    '"2026-02-30T00:00:00Z"',
    '{"__proto__":1}',
    '"\u2028é😀"',
    '9'.repeat(4301),
  ],
]

/** A sample with one to three changes: to bytes, to values, or to whole members. */
function damaged(samples: readonly string[], random: () => number): Uint8Array {
  const pick = (count: number): number => Math.floor(random() * count)
  let text = samples[pick(samples.length)] ?? ''
  for (let changes = 1 + pick(3); changes > 0; changes--) {
    const tokens = [...text.matchAll(/: ?("(?:[^"\\]|\\.)*"|-?[\d.]+|null|true|false|\{\}|\[\])/g)]
    const token = tokens[pick(tokens.length)]
    const kind = pick(5)
    if (token !== undefined && kind < 3) {
      const from = token.index + token[0].length - (token[1] ?? '').length
      text = text.slice(0, from) + (values[pick(values.length)] ?? '') + text.slice(token.index + token[0].length)
    } else if (kind === 3) {
      const at = pick(text.length)
      text = text.slice(0, at) + text.slice(at + 1 + pick(20))
    } else text += pick(2) === 0 ? text : '\r'
  }
  const bytes = Buffer.from(text)
  if (pick(3) === 0 && bytes.length > 0) bytes[pick(bytes.length)] = pick(256)
  // A line never holds a line feed.
  return bytes.map((byte) => (byte === 0x0a ? 0x20 : byte))
}

function sealed(schema: LedgerSchema, drafts: readonly object[]): string[] {
  const writer = schema.openWriter({ ledger: 'builds/a' })
  return drafts.map((draft, seq) => {
    const admitted = writer.admit(Buffer.from(JSON.stringify(draft)))
    const target = new Uint8Array(admitted.lineBytesMax)
    return Buffer.from(target.subarray(0, writer.seal(admitted, { seq, timeMs: 1.77e12 }, target, 0) - 1)).toString()
  })
}
