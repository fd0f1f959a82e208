// Targets of the families: a draft that is taken becomes a line that its own checker, reader and index take; and whatever
// a line holds, checking and reading it ends in findings or in a code.
import fs from 'node:fs'
import path from 'node:path'
import type { AdmittedDraft, LedgerSchema } from '@ledgerd/schema'
import type { FuzzTarget } from '@ledgerd/testkit'
import * as family from '../test/family-drafts.ts'
import { type BuiltInFamily, builtInFamilies, loadBuiltIn } from '../src/schemas/built-in.ts'
import { answerOf, promise, promiseSame } from './fuzz-expect.ts'
import { draftOf } from './memory-daemon.ts'

const draftsByFamily: Readonly<Record<BuiltInFamily, readonly string[]>> = {
  'world-events': [
    draftOf(1),
    '{"data": {"n": 1}, "id": "0000000000000000000000000000000a", "link": null, "meta": {"m": 1}, "type": "x.y"}',
  ],
  'kernel-runs': [JSON.stringify(family.runDraft())],
  'audio-jobs': [JSON.stringify(family.windowDraft())],
  'build-order': [family.artifactDraft(), family.seedsDraft()].map((draft) => JSON.stringify(draft)),
  'workflow-records': [
    family.eventDraft(),
    family.jobDraft(),
    family.outcomeDraft(),
    family.documentDraft(),
    family.memoryDraft(),
    family.entityDraft(),
    family.gateDraft(),
    family.approvalDraft(),
  ].map((draft) => JSON.stringify(draft)),
}

const ledgerOf: Readonly<Record<BuiltInFamily, string>> = {
  'world-events': 'worlds/hall',
  'kernel-runs': 'runs/r1',
  'audio-jobs': 'jobs/J_abc123',
  'build-order': 'builds/b1',
  'workflow-records': 'workflows/w1',
}

const storedLinesMax = 12
const storedLineBytesMax = 4096

const schemas = await Promise.all(builtInFamilies.map(async (name) => [name, await loadBuiltIn(name)] as const))

/** Two targets for each family. */
export const familyTargets: readonly FuzzTarget[] = schemas.flatMap(([name, schema]) => [
  draftTarget(name, schema),
  lineTarget(name, schema),
])

function coversOf(name: BuiltInFamily): (url: string) => boolean {
  return (url) => url.includes(`/packages/schemas/${name}/src/`) || url.includes('/packages/schema/src/')
}

/** Members and values of the family's own drafts: what the mutator puts in. */
function wordsOf(name: BuiltInFamily): string[] {
  const words = new Set<string>()
  for (const draft of draftsByFamily[name])
    for (const [word] of draft.matchAll(/"[^"]*":?|-?\d+(?:\.\d+)?|true|false|null/g)) words.add(word)
  return [...words, '\\ud800', '__proto__', '"\\u0000"', '1e5', '1.0', '-0']
}

function draftTarget(name: BuiltInFamily, schema: LedgerSchema): FuzzTarget {
  const ledger = ledgerOf[name]
  const writer = schema.openWriter({ ledger })
  const target = Buffer.alloc(1 << 20)
  return {
    name: `draft-${name}`,
    seeds: draftsByFamily[name].map((draft) => Buffer.from(draft.trimEnd())),
    dictionary: wordsOf(name),
    covers: coversOf(name),
    fuzz: (bytes) => {
      if (bytes.includes(0x0a)) return
      const admitted = answerOf(() => writer.admit(Buffer.from(bytes)))
      if (admitted === undefined) return
      const stamp = { seq: 0, timeMs: 1_767_225_600_000 }
      const rules = schema.openRules?.({ ledger })
      const turn = rules === undefined ? { stamp } : answerOf(() => rules.take(admitted, stamp))
      if (turn === undefined) return
      const end = writer.seal(admitted, turn.stamp, target, 0)
      promise(end <= admitted.lineBytesMax, `a line of ${end} bytes, ${admitted.lineBytesMax} were the bound`)
      promise(target[end - 1] === 0x0a && target.subarray(0, end - 1).indexOf(0x0a) < 0, 'a line that is not one line')
      judgeSealed(schema, ledger, admitted, target.subarray(0, end - 1))
      promise(writer.isSameContent(admitted, target.subarray(0, end - 1)), 'a draft is not the content of its own line')
    },
  }
}

/** What was sealed, checked by the family as if it came from a stranger. */
function judgeSealed(schema: LedgerSchema, ledger: string, { eventId, type }: AdmittedDraft, line: Uint8Array): void {
  const checker = schema.openChecker({ ledger, level: 'schema' })
  const verdict = checker.check(line, { line: 1, offset: 0 })
  const errors = verdict.findings.filter(({ severity }) => severity === 'E')
  promise(errors.length === 0, `an admitted draft became a line with findings: ${JSON.stringify(errors).slice(0, 500)}`)
  promiseSame(schema.eventIdOf(line), eventId, 'the index reads another identity')
  promiseSame(schema.routeOf(line)?.type, type, 'filters read another type')
  const event = schema.decode(line)
  promiseSame(event.type, type, 'a reader reads another type')
  promise(schema.payloadState(event) !== 'invalid', 'a reader calls an admitted payload invalid')
}

function lineTarget(name: BuiltInFamily, schema: LedgerSchema): FuzzTarget {
  const ledger = ledgerOf[name]
  const writer = schema.openWriter({ ledger })
  const admitted = writer.admit(Buffer.from((draftsByFamily[name][0] ?? '').trimEnd()))
  return {
    name: `line-${name}`,
    seeds: lineSeeds(name, schema),
    dictionary: wordsOf(name),
    covers: coversOf(name),
    fuzz: (bytes) => {
      if (bytes.includes(0x0a)) return
      const checker = schema.openChecker({ ledger, level: 'schema' })
      const verdict = checker.check(bytes, { line: 1, offset: 0 })
      checker.finish()
      const eventId = schema.eventIdOf(bytes)
      schema.routeOf(bytes)
      const timeMs = schema.timeMsOf(bytes)
      promise(timeMs === undefined || Number.isFinite(timeMs), `a time of ${timeMs}`)
      writer.isSameContent(admitted, bytes)
      schema.openRules?.({ ledger }).replay(bytes)
      const event = answerOf(() => schema.decode(bytes))
      const isSound = !verdict.findings.some(({ severity }) => severity === 'E')
      if (isSound) {
        promise(event !== undefined, 'the checker finds nothing wrong and the reader cannot read it')
        promiseSame(eventId, verdict.eventId, 'index and checker read different identities')
      }
      if (event !== undefined) answerOf(() => schema.payloadState(schema.upcast(event)))
    },
  }
}

/** Sealed lines of the drafts, and stored ones of the family's original. */
function lineSeeds(name: BuiltInFamily, schema: LedgerSchema): Uint8Array[] {
  const writer = schema.openWriter({ ledger: ledgerOf[name] })
  const target = Buffer.alloc(1 << 18)
  const sealed = draftsByFamily[name].map((draft) => {
    const end = writer.seal(
      writer.admit(Buffer.from(draft.trimEnd())),
      { seq: 0, timeMs: 1_767_225_600_000 },
      target,
      0,
    )
    return Buffer.from(target.subarray(0, end - 1))
  })
  return [...sealed, ...storedLines(path.resolve(import.meta.dirname, `../../../packages/schemas/${name}/vectors`))]
}

function storedLines(folder: string): Uint8Array[] {
  const files = fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.jsonl'))
    .sort()
  const firsts = files.map((file) => fs.readFileSync(path.join(folder, file)))
  const lines = firsts.map((bytes) => bytes.subarray(0, Math.max(0, bytes.indexOf(0x0a))))
  return lines.filter(({ length }) => length > 0 && length <= storedLineBytesMax).slice(0, storedLinesMax)
}
