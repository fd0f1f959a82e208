// Suite N of reliability §11: random histories of the real engine, commit and storage on a disk in memory, held against
// the reference. The same seed gives the same histories.
import fc from 'fast-check'
import { checkDisk } from './model-checks.ts'
import type { Happened, ModelRun } from './model-commands.ts'
import { history } from './model-histories.ts'
import { modelLedgers, type ModelPlant, ModelWorld } from './model-world.ts'
import type { Guard, SuiteReport } from './suite-report.ts'

export interface ModelSuiteOptions {
  /** What the guards are for; a third more are run, so that no guard is missed by chance. */
  readonly histories: number
  readonly seed: number
  /** Where the failing history of an earlier run was found, to have it alone. */
  readonly path?: string
  readonly plant?: ModelPlant
}

/** Runs the histories. A broken one is a violation that names the seed, the path and the fewest steps that show it. */
export async function runModelSuite({ histories, seed, path, plant }: ModelSuiteOptions): Promise<SuiteReport> {
  const happened: Happened = new Map()
  let lines = 0
  const property = fc.asyncProperty(history, async ({ inlineBytesMax, secondSync, steps }) => {
    const world = new ModelWorld({ inlineBytesMax, secondSync, plant })
    const run: ModelRun = { world, happened, nextNumber: 1 }
    await fc.asyncModelRun(() => ({ model: run, real: run }), steps)
    await world.stop()
    checkDisk(world)
    for (const ledger of modelLedgers) lines += world.references[ledger].lines.length
  })
  const result = await fc.check(property, {
    numRuns: Math.ceil((histories * 4) / 3),
    seed,
    ...(path === undefined ? {} : { path }),
  })
  const sentence = result.failed ? `${String(result.errorInstance)}; ${fc.defaultReportMessage(result)}` : undefined
  return {
    suite: 'N model histories',
    counts: { histories: result.numRuns, lines, ...Object.fromEntries([...happened].sort()) },
    violations: sentence === undefined ? [] : [{ kind: 'misbehaved', ledger: modelLedgers.join(), sentence }],
    guards: guardsOf(happened, histories, lines),
    seed,
    notRun: [],
  }
}

/** How often, out of a hundred histories, each thing must really have happened. */
const happenedMin: Readonly<Record<string, number>> = {
  append: 200,
  new: 300,
  again: 30,
  IDENTITY_CONFLICT: 20,
  EXPECT_FAILED: 20,
  SCHEMA_INVALID: 20,
  REQUEST_INVALID: 1,
  'crash-append': 50,
  'crash-start': 15,
  'crash-recovery': 15,
  'crash-stop': 15,
  'unsynced bytes lost': 20,
  'torn write': 8,
  'void sync': 15,
  'acknowledged lines above a head record': 30,
  doubts: 1,
  'doubts settled': 1,
  'repairs cut': 0.5,
  'followers sent away in doubt': 0.1,
  'unacknowledged lines kept': 5,
  'unacknowledged lines gone': 10,
  reopen: 50,
  follow: 50,
  read: 50,
  'clock back': 10,
  'clock ahead': 5,
  'rivals refused': 10,
  'robbed daemons stopped': 10,
  'cut behind its back': 5,
  'edit behind its back': 5,
  'damage noticed': 8,
  'sidecar files deleted': 10,
  'faults that struck': 8,
  'head records that could not be synced': 0.3,
}

function guardsOf(happened: Happened, histories: number, lines: number): Guard[] {
  const guards = Object.entries(happenedMin).map(
    ([name, min]): Guard => ({ name, value: happened.get(name) ?? 0, min: Math.floor((min * histories) / 100) }),
  )
  return [...guards, { name: 'lines', value: lines, min: histories * 5 }]
}
