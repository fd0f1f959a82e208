// Durable appends, level by level: at each, all contenders are started fresh, warmed up, and measured in alternating
// rounds, so that a round of one lies seconds away from the same round of every other.
import { rmSync } from 'node:fs'
import type { Contender, Level, Load, Measured, Started } from './contender.ts'
import { NotInstalled } from './contender.ts'
import { contenders } from './contenders/registry.ts'
import type { RunContext } from './run-context.ts'
import { WorkerProcess } from './worker-process.ts'

/** All windows of one contender at one level, in the order of the rounds. */
export interface AppendResult {
  readonly contender: string
  readonly level: Level
  readonly rounds: readonly Measured[]
}

export interface AppendReport {
  readonly results: readonly AppendResult[]
  /** Contender to Debian package, for the peers that are missing. */
  readonly missing: Readonly<Record<string, string>>
}

const singleLevels: readonly Level[] = [1, 16, 64, 256, 1024].map((callers) => ({ callers, batch: 1 }))
const batchLevels: readonly Level[] = [1, 4, 16].map((callers) => ({ callers, batch: 64 }))

const pace = { rounds: 5, warmUpMs: 300, windowMs: 1000, firstWarmUpMs: 3000 }
const quickPace = { rounds: 3, warmUpMs: 150, windowMs: 400, firstWarmUpMs: 1500 }
/** Every contender first gets this much, whatever the level: one in flight would keep its compilers cold for minutes. */
const warmUpLevel: Level = { callers: 64, batch: 1 }

interface Entrant {
  readonly contender: Contender
  readonly started: Started
  readonly load: WorkerProcess<Load, Measured>
  readonly rounds: Measured[]
}

/** Measures every level. Peers that are not installed are left out and named in the report. */
export async function measureAppends(context: RunContext): Promise<AppendReport> {
  const { inFlight } = context.options
  const levels =
    inFlight === undefined
      ? [...singleLevels, ...batchLevels]
      : inFlight.map((callers): Level => ({ callers, batch: 1 }))
  const missing: Record<string, string> = {}
  const results: AppendResult[] = []
  for (const level of levels) results.push(...(await measureLevel(context, level, missing)))
  return { results, missing }
}

async function measureLevel(
  context: RunContext,
  level: Level,
  missing: Record<string, string>,
): Promise<AppendResult[]> {
  const { rounds, warmUpMs, windowMs, firstWarmUpMs } = context.options.isQuick ? quickPace : pace
  const entrants = await enter(context, level, missing)
  try {
    for (const { contender, load } of entrants) {
      const first = contender.takes(warmUpLevel) ? warmUpLevel : level
      await load.ask({ ...first, warmUpMs: firstWarmUpMs, windowMs: warmUpMs })
    }
    for (let round = 0; round < rounds; round++) {
      context.say(`${formatLevel(level)}, round ${round + 1} of ${rounds}`)
      for (const entrant of entrants) entrant.rounds.push(await entrant.load.ask({ ...level, warmUpMs, windowMs }))
    }
  } finally {
    await leave(entrants)
  }
  return entrants.map(({ contender, rounds: measured }) => ({ contender: contender.name, level, rounds: measured }))
}

async function enter(context: RunContext, level: Level, missing: Record<string, string>): Promise<Entrant[]> {
  const { options, scratch, recordedFolder } = context
  const entrants: Entrant[] = []
  for (const contender of contenders) {
    if (contender.name in missing || !contender.takes(level)) continue
    if (options.contenders?.includes(contender.name) === false) continue
    try {
      const profileFolder = contender.name.startsWith('ledgerd') ? options.profileFolder : undefined
      const started = await contender.start({ scratch, profileFolder })
      const load = await WorkerProcess.start<Load, Measured>({
        program: 'load-process',
        args: [contender.name, started.target, recordedFolder, String(options.seed)],
        profileFolder,
      })
      entrants.push({ contender, started, load, rounds: [] })
    } catch (error) {
      if (!(error instanceof NotInstalled)) {
        await leave(entrants)
        throw error
      }
      missing[contender.name] = error.debianPackage
    }
  }
  return entrants
}

async function leave(entrants: readonly Entrant[]): Promise<void> {
  for (const { load, started } of entrants) {
    await load.stop()
    await started.stop()
    // A level leaves gigabytes behind.
    rmSync(started.folder, { recursive: true, force: true })
  }
}

export function formatLevel({ callers, batch }: Level): string {
  return batch === 1 ? `${callers} in flight` : `${callers} callers with batches of ${batch}`
}
