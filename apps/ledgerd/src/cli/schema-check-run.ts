// `ledgerd schema check`: loads two sides, compares them, prints the verdict. No verdict without two loaded sides.
import { execFile } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import {
  checkCompatibility,
  type CompatibilityMode,
  exitCodeOfReport,
  formatLock,
  formatReportText,
  lockFileName,
  lockSchema,
  type SchemaLock,
  type Suppression,
} from '@ledgerd/schema-tools'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import type { Io } from './io.ts'
import { loadPackage, lockOf, readLock } from './schema-package.ts'

export interface SchemaCheckFlags {
  readonly against: string
  readonly format: 'text' | 'json'
  readonly mode: CompatibilityMode
  readonly seed?: string
  readonly documents: string
}

export async function runSchemaCheck(place: string, flags: SchemaCheckFlags, io: Io): Promise<number> {
  const seed = flags.seed === undefined ? randomInt(2 ** 31 - 1) : wholeNumber('--seed', flags.seed)
  const documents = wholeNumber('--documents', flags.documents)
  const schema = await loadPackage(place)
  const old = await oldLock(flags.against, place)
  const lock = lockSchema(schema, await readLock(place))
  await refuseStale(place, lock, io)
  if (Object.keys(old.schema.events).length === 0)
    throw new CliError(exitCodes.undecided, `${flags.against} declares no event types; there is nothing to compare`)
  io.say(`ledgerd: comparing ${schema.name} ${schema.version} with ${old.schema.version} (seed ${seed})\n`)
  const report = await checkCompatibility(
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
  await io.write(flags.format === 'json' ? `${JSON.stringify(report)}\n` : formatReportText(report))
  return exitCodeOfReport(report)
}

/** A lock that does not match the package would freeze something else than what was compared. */
async function refuseStale(place: string, lock: SchemaLock, io: Io): Promise<void> {
  const present = await readFile(path.join(place, lockFileName), 'utf8').catch(() => undefined)
  if (present === undefined) io.say(`ledgerd: ${place} has no lock yet; write it: ledgerd schema gen ${place}\n`)
  else if (present !== formatLock(lock))
    throw new CliError(exitCodes.no, `the lock of ${place} is stale`, `ledgerd schema gen ${place}`)
}

async function oldLock(against: string, place: string): Promise<SchemaLock> {
  if (against.startsWith('git:')) return await gitLock(against.slice(4), place)
  if (/^(?:npm:|.*\.tgz$)/.test(against))
    throw new CliError(
      exitCodes.undecided,
      `${against}: packages of a registry and tarballs are not read yet`,
      'unpack it and name its folder',
    )
  const lock = await readLock(against)
  if (lock !== undefined) return lock
  throw new CliError(exitCodes.undecided, `${against} has no ${lockFileName}`, `ledgerd schema gen ${against}`)
}

async function gitLock(ref: string, place: string): Promise<SchemaLock> {
  const source = `${ref}:./${lockFileName}`
  if (ref.startsWith('-')) throw new CliError(exitCodes.usage, `${ref} is no git ref`)
  try {
    const { stdout } = await promisify(execFile)('git', ['-C', place, 'show', source], { maxBuffer: 64 << 20 })
    return lockOf(stdout, `git:${source}`)
  } catch (error) {
    if (error instanceof CliError) throw error
    const { stderr = '' } = error as { readonly stderr?: string }
    throw new CliError(exitCodes.undecided, `git has no ${source}: ${stderr.trim()}`, undefined, error)
  }
}

/** `ledgerd.suppressions` of the package's package.json. */
async function suppressionsOf(place: string): Promise<readonly Suppression[]> {
  const text = await readFile(path.join(place, 'package.json'), 'utf8').catch(() => '{}')
  const manifest = JSON.parse(text) as { readonly ledgerd?: { readonly suppressions?: readonly Suppression[] } }
  return manifest.ledgerd?.suppressions ?? []
}

function wholeNumber(flag: string, text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1)
    throw new CliError(exitCodes.usage, `${flag} takes a whole number above 0`)
  return value
}
