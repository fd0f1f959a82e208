// Invariants at admission, on real files: a rule over the lines refuses before anything is written, remembers across
// restarts from the JSONL alone, and forgets what an atomic request did not become.
import fs from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AdmissionRules, LedgerError, type LedgerSchema } from '@ledgerd/schema'
import { worldEvents } from '@ledgerd/schema-world-events'
import { append, draft, drafts, type Harness, harness, idsInFile, ledger } from '../../test/engine-harness.ts'
import type { AppendResult, Engine } from './ports.ts'

/** Event ids must rise, and no line is stamped before 2030. */
function risingIds(): AdmissionRules {
  let last = 0
  const at2030 = Date.UTC(2030, 0, 1)
  return {
    replay: (line) => {
      const id = line.length === 0 ? undefined : worldEvents.eventIdOf(line)
      if (id !== undefined) last = Math.max(last, Number.parseInt(id, 16))
    },
    take: ({ eventId }, stamp) => {
      const before = last
      const next = Number.parseInt(eventId, 16)
      if (next <= before)
        throw new LedgerError('INVARIANT_VIOLATED', `${next} after ${before}`, { details: { rule: 'rising' } })
      last = next
      const undo = (): void => {
        last = before
      }
      return { stamp: { ...stamp, timeMs: Math.max(stamp.timeMs, at2030) }, undo }
    },
  }
}

const schema: LedgerSchema = { ...worldEvents, openRules: risingIds }

let at: Harness
let engine: Engine

beforeEach(() => {
  at = harness()
  engine = at.open({ schemaFor: () => schema })
})
afterEach(async () => {
  await engine.close()
  at.remove()
})

async function restart(): Promise<void> {
  await engine.close()
  engine = at.open({ schemaFor: () => schema })
}

const outcomes = (result: AppendResult): unknown[] =>
  result.kind === 'plain'
    ? result.leafHashes.map((_, n) => result.seq + n)
    : result.outcomes.map((one) => ('error' in one ? one.error.code : one.seq))

describe('invariants over the lines of a ledger', () => {
  it('refuse one draft and take the others, with the stamp they settle', async () => {
    expect(outcomes(await append(engine, [draft(3), draft(2), draft(5)]))).toEqual([0, 'INVARIANT_VIOLATED', 1])
    expect(idsInFile(at.file)).toEqual([3, 5])
    expect(fs.readFileSync(at.file, 'utf8').match(/"timestamp": "2030-/g)).toHaveLength(2)
  })

  it('make no ledger for a request of which nothing is taken', async () => {
    await append(engine, [draft(1)])
    const none = engine.append({
      ledger: 'worlds/other',
      drafts: Buffer.from(draft(0)),
      count: 1,
      isAtomic: false,
      expect: undefined,
    })
    expect(outcomes(await none)).toEqual(['INVARIANT_VIOLATED'])
    expect(fs.existsSync(`${at.root}/worlds/other.jsonl`)).toBe(false)
  })

  it('make no ledger for an atomic request that they refuse, whatever stands before the refused draft', async () => {
    for (const numbers of [[0], [4, 2]]) {
      const drafts = Buffer.from(numbers.map((n) => draft(n)).join(''))
      const request = { ledger: 'worlds/other', drafts, count: numbers.length, isAtomic: true, expect: undefined }
      await expect(engine.append(request)).rejects.toMatchObject({
        code: 'INVARIANT_VIOLATED',
        details: { index: numbers.length - 1, rule: 'rising' },
      })
      expect(fs.existsSync(`${at.root}/worlds/other.jsonl`)).toBe(false)
    }
  })

  it('answer a repeat with its first receipt before the rules are asked', async () => {
    await append(engine, drafts(1, 4))
    expect(outcomes(await append(engine, [draft(1), draft(4)]))).toEqual([0, 3])
  })

  it('refuse an atomic request as a whole and forget the drafts before the refused one', async () => {
    const refused = append(engine, [draft(1), draft(9), draft(2)], { isAtomic: true })
    await expect(refused).rejects.toMatchObject({
      code: 'INVARIANT_VIOLATED',
      details: { index: 2, rule: 'rising' },
    })
    expect(outcomes(await append(engine, [draft(1), draft(2)], { isAtomic: true }))).toEqual([0, 1])
    expect(idsInFile(at.file)).toEqual([1, 2])
  })

  it('know the lines of the file after a restart, also of a file without sidecar', async () => {
    await append(engine, drafts(1, 50))
    await restart()
    expect(outcomes(await append(engine, [draft(60), draft(55)]))).toEqual([49, 'INVARIANT_VIOLATED'])
    await engine.close()
    fs.rmSync(`${at.root}/.ledgerd`, { recursive: true })
    engine = at.open({ schemaFor: () => schema })
    expect(outcomes(await append(engine, [draft(58), draft(61)]))).toEqual(['INVARIANT_VIOLATED', 50])
  })

  it('know the lines that a repair kept', async () => {
    await append(engine, drafts(1, 3))
    await engine.close()
    const whole = fs.readFileSync(at.file)
    const other = harness()
    fs.mkdirSync(`${other.root}/worlds`)
    // An adopted file whose last line lacks its LF: it is completed at the first append.
    fs.writeFileSync(other.file, whole.subarray(0, whole.length - 1))
    const adopting = other.open({ schemaFor: () => schema })
    expect((await adopting.stat(ledger)).size).toBe(1)
    expect(outcomes(await append(adopting, [draft(2), draft(1), draft(3)]))).toEqual([1, 0, 2])
    await adopting.close()
    expect(idsInFile(other.file)).toEqual([1, 2, 3])
    other.remove()
    engine = at.open({ schemaFor: () => schema })
  })
})
