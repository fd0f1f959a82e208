// What invariants cost at admission: each family that has them beside itself without them, in alternating rounds, through
// daemon and SDK.
import { rmSync } from 'node:fs'
import type { Level, Load, Measured } from './contender.ts'
import { type Daemon, startDaemon } from './daemon.ts'
import { ruledFamilies, type RuledFamily } from './rules/families.ts'
import { writeSchemaFile } from './rules/without-rules.ts'
import type { RunContext } from './run-context.ts'
import { median, pairedRatio } from './statistics.ts'
import { formatCount, formatRatio, formatTable } from './table.ts'
import { WorkerProcess } from './worker-process.ts'

/** Rates of one family at one level, round by round, events per second. */
export interface RulesResult {
  readonly family: string
  readonly level: Level
  readonly withRules: readonly number[]
  readonly withoutRules: readonly number[]
}

export type RulesReport = readonly RulesResult[]

const levels: readonly Level[] = [
  { callers: 64, batch: 1 },
  { callers: 1024, batch: 1 },
]

const pace = { rounds: 5, warmUpMs: 300, windowMs: 1000, firstWarmUpMs: 3000 }
const quickPace = { rounds: 3, warmUpMs: 150, windowMs: 400, firstWarmUpMs: 1000 }

interface Side {
  readonly folder: string
  readonly daemon: Daemon
  readonly load: WorkerProcess<Load, Measured>
}

export async function measureRules(context: RunContext): Promise<RulesReport> {
  const results: RulesResult[] = []
  for (const family of ruledFamilies) for (const level of levels) results.push(await measureOne(context, family, level))
  return results
}

async function measureOne(context: RunContext, family: RuledFamily, level: Level): Promise<RulesResult> {
  const { rounds, warmUpMs, windowMs, firstWarmUpMs } = context.options.isQuick ? quickPace : pace
  const sides: Side[] = []
  const rates: number[][] = [[], []]
  try {
    for (const hasRules of [true, false]) sides.push(await startSide(context, family, hasRules))
    for (const { load } of sides) await load.ask({ ...level, warmUpMs: firstWarmUpMs, windowMs: warmUpMs })
    for (let round = 0; round < rounds; round++) {
      context.say(`invariants of ${family.name}, ${level.callers} in flight, round ${round + 1} of ${rounds}`)
      for (const [at, { load }] of sides.entries())
        rates[at]?.push((await load.ask({ ...level, warmUpMs, windowMs })).eventsPerSecond)
    }
  } finally {
    for (const { folder, daemon, load } of sides) {
      await load.stop()
      await daemon.server.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  }
  const [withRules = [], withoutRules = []] = rates
  return { family: family.name, level, withRules, withoutRules }
}

async function startSide({ scratch, options }: RunContext, family: RuledFamily, hasRules: boolean): Promise<Side> {
  const folder = scratch.makeFolder('r')
  const path = writeSchemaFile(scratch.makeFolder('s'), family, hasRules)
  const { profileFolder } = options
  const flags = ['--schema', `bench/**=${path}`]
  const daemon = await startDaemon({ dataFolder: folder, secondSync: 'head', profileFolder, flags })
  const load = await WorkerProcess.start<Load, Measured>({
    program: 'rules-process',
    args: [family.name, path, daemon.url],
    profileFolder,
  })
  return { folder, daemon, load }
}

/** The median of the ratios round by round: with invariants over without. */
export function ratioOf({ withRules, withoutRules }: RulesResult): number {
  return pairedRatio(withRules, withoutRules)
}

export function formatRules(report: RulesReport): string {
  const rows = report.map((result) => [
    result.family,
    String(result.level.callers),
    formatCount(median(result.withRules)),
    formatCount(median(result.withoutRules)),
    formatRatio(ratioOf(result)),
  ])
  const head = ['family', 'in flight', 'with invariants', 'without', 'ratio']
  return `Durable appends per second of the families with invariants, and of the same families without:\n\n${formatTable(head, rows)}`
}
