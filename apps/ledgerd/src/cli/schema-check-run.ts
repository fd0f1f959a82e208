// `ledgerd schema check`: loads two sides, compares them, replays stored lines, prints the verdict.
import { randomInt } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import {
  checkCompatibility,
  type CompatibilityMode,
  exitCodeOfReport,
  formatLock,
  formatReport,
  type Locate,
  lockFileName,
  lockSchema,
  type ReplayEvidence,
  type ReportFormat,
  type SchemaLock,
  settleByReplay,
} from '@ledgerd/schema-tools'
import { CliError } from './cli-error.ts'
import type { DaemonFlags } from './daemon-address.ts'
import { exitCodes } from './exit-code.ts'
import { exitCodeOfSignal, type Io } from './io.ts'
import { loadPackage, readLock } from './schema-package.ts'
import { type ReplayPlan, replayLedger } from './schema-replay.ts'
import { oldLock, suppressionsOf } from './schema-sides.ts'

export interface SchemaCheckFlags extends DaemonFlags {
  readonly against?: string
  readonly format: ReportFormat
  readonly mode: CompatibilityMode
  readonly seed?: string
  readonly documents: string
  readonly replay?: readonly string[]
  readonly quiet?: boolean
}

export async function runSchemaCheck(place: string, flags: SchemaCheckFlags, io: Io): Promise<number> {
  const seed = flags.seed === undefined ? randomInt(2 ** 31 - 1) : wholeNumber('--seed', flags.seed)
  const documents = wholeNumber('--documents', flags.documents)
  const schema = await loadPackage(place)
  const old = await oldLock(flags.against, place, schema.name)
  const lock = lockSchema(schema, await readLock(place))
  await refuseStale(place, lock, io)
  if (Object.keys(old.schema.events).length === 0)
    throw new CliError(exitCodes.undecided, 'the old side declares no event types; there is nothing to compare')
  io.say(`ledgerd: comparing ${schema.name} ${schema.version} with ${old.schema.version} (seed ${seed})\n`)
  const compared = await checkCompatibility(
    { frozen: old.schema },
    { frozen: lock.schema, events: schema.events },
    {
      seed,
      documents,
      mode: flags.mode,
      golden: old.golden,
      suppressions: await suppressionsOf(place),
      today: new Date(io.nowMs()).toISOString().slice(0, 10),
    },
  )
  const evidence = await replayAll(flags.replay ?? [], { schema, old, flags, io })
  if (evidence === undefined) {
    io.say('ledgerd: interrupted; nothing is claimed\n')
    return exitCodeOfSignal(io.interrupted)
  }
  const report = settleByReplay(compared, evidence)
  await io.write(formatReport(report, flags.format, await locator(place)))
  return exitCodeOfReport(report)
}

async function replayAll(names: readonly string[], plan: ReplayPlan): Promise<readonly ReplayEvidence[] | undefined> {
  const all: ReplayEvidence[] = []
  for (const name of names) {
    const evidence = await replayLedger(name, plan)
    if (evidence === undefined) return undefined
    all.push(evidence)
  }
  return plan.io.interrupted.aborted ? undefined : all
}

/** A lock that does not match the package would freeze something else than what was compared. */
async function refuseStale(place: string, lock: SchemaLock, io: Io): Promise<void> {
  const present = await readFile(path.join(place, lockFileName), 'utf8').catch(() => undefined)
  if (present === undefined) io.say(`ledgerd: ${place} has no lock yet; write it: ledgerd schema gen ${place}\n`)
  else if (present !== formatLock(lock))
    throw new CliError(exitCodes.no, `the lock of ${place} is stale`, `ledgerd schema gen ${place}`)
}

const sourcePattern = /\.(?:[cm]?js|ts)$/
const sourcesMax = 500

/** The line of the source that names the last part of a pointer; else where its type is named; else package.json. */
async function locator(place: string): Promise<Locate> {
  const folder = path.join(place, 'src')
  const names = (await readdir(folder, { recursive: true }).catch(() => [])).filter(
    (name) => sourcePattern.test(name) && !/\.test\./.test(name),
  )
  const sources = await Promise.all(
    names
      .sort()
      .slice(0, sourcesMax)
      .map(async (name) => ({
        file: path.join(folder, name),
        lines: (await readFile(path.join(folder, name), 'utf8')).split('\n'),
      })),
  )
  return (pointer) => {
    const [, , type = '', ...steps] = pointer.replace(/@\d+$/, '').split('/')
    for (const word of [steps.at(-1), type]) {
      if (word === undefined || word === '' || word === '*') continue
      const isNamed = new RegExp(`(?:^|[\\s{,'"\`])${word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}['"\`]?\\s*:`)
      for (const { file, lines } of sources) {
        const index = lines.findIndex((line) => isNamed.test(line))
        if (index !== -1) return { file, line: index + 1 }
      }
    }
    return { file: path.join(place, 'package.json'), line: 1 }
  }
}

function wholeNumber(flag: string, text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1)
    throw new CliError(exitCodes.usage, `${flag} takes a whole number above 0, not ${text}`)
  return value
}
