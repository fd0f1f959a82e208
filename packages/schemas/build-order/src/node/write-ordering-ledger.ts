// The ordering ledger of a `build_state.json` on disk, changed: read, changed and replaced as a whole under one lock, so
// that no other writer's change is lost and a crash leaves the old file or the new one (formats §4.3).
import { realpath, stat } from 'node:fs/promises'
import { LedgerError } from '@ledgerd/schema'
import type { Finding } from '@ledgerd/schema'
import { buildStateBytesMax, parseBuildState, tooLarge, withOrderingLedger } from '../build-state.ts'
import { normalize } from '../normalize.ts'
import { emptyOrderingLedger } from '../ordering-ledger.ts'
import type { OrderingLedger } from '../ordering-ledger.ts'
import { assertRecordable, assertWritable } from '../recording.ts'
import { lockFile } from './file-lock.ts'
import { readBounded } from './read-build-state.ts'
import { replaceFile } from './replace-file.ts'

export interface WriteOptions {
  /** How long to wait for another writer. Default 10 seconds. */
  readonly lockTimeoutMs?: number
  /** Larger files are neither read nor written. Default 16 MiB. */
  readonly bytesMax?: number
  /** Whether a file that is not there is made, with nothing but the ordering ledger in it. Default `refuse`. */
  readonly whenMissing?: 'refuse' | 'create'
}

export interface Written {
  readonly ledger: OrderingLedger
  /** False if the change changed nothing: then the file was not touched. */
  readonly isWritten: boolean
}

/**
 * Changes the ordering ledger in `file` by `change`, which gets an empty one where there is none. Its result is durable
 * when this resolves. All other bytes of the file stay, and so does its mode; a symbolic link stays one.
 *
 * Nothing is written when this rejects, but for a failed sync of the folder. LEDGER_LOCKED, LEDGER_NOT_FOUND and
 * CONFIG_INVALID (no `flock` program) speak of the file; SCHEMA_INVALID and INVARIANT_VIOLATED of the ledger, as for the
 * upserts, and with `details.findings` also of what is wrong with the file or the shape of the ledger.
 */
export async function updateOrderingLedger(
  file: string,
  change: (ledger: OrderingLedger) => OrderingLedger,
  options: WriteOptions = {},
): Promise<Written> {
  const { lockTimeoutMs = 10_000, bytesMax = buildStateBytesMax, whenMissing = 'refuse' } = options
  const target = await resolveTarget(file, whenMissing)
  const lock = await lockFile(target, lockTimeoutMs)
  try {
    const current = await readCurrent(target, bytesMax)
    const before = current.ledger ?? emptyOrderingLedger
    assertWritable(before)
    const ledger = change(before)
    if (ledger === before) return { ledger, isWritten: false }
    assertSound(before, ledger)
    const bytes = withOrderingLedger(current.bytes, ledger)
    if (bytes.length > bytesMax) throw refused([tooLarge(bytesMax)], file)
    await replaceFile(target, bytes, current.mode)
    return { ledger, isWritten: true }
  } finally {
    await lock[Symbol.asyncDispose]()
  }
}

/** Puts this ordering ledger into `file`, whatever version-1 ledger is there. Errors as `updateOrderingLedger`. */
export async function writeOrderingLedger(
  file: string,
  ledger: OrderingLedger,
  options: WriteOptions = {},
): Promise<Written> {
  return await updateOrderingLedger(file, () => ledger, options)
}

/** The file itself, where a symbolic link names it: renaming over the link would replace the link. */
async function resolveTarget(file: string, whenMissing: 'refuse' | 'create'): Promise<string> {
  try {
    return await realpath(file)
  } catch (cause) {
    if (!isAbsent(cause)) throw cause
    if (whenMissing === 'create') return file
    throw new LedgerError('LEDGER_NOT_FOUND', `there is no ${file}`, { cause, details: { file } })
  }
}

interface Current {
  readonly bytes: Uint8Array
  readonly mode: number
  readonly ledger: OrderingLedger | undefined
}

const freshState: Uint8Array = new TextEncoder().encode('{}\n')
const freshMode = 0o644

async function readCurrent(file: string, bytesMax: number): Promise<Current> {
  const found = await readIfPresent(file, bytesMax)
  if (found === undefined) return { bytes: freshState, mode: freshMode, ledger: undefined }
  const { bytes, mode } = found
  if (bytes === undefined) throw refused([tooLarge(bytesMax)], file)
  const { ledger, findings } = parseBuildState(bytes, { bytesMax })
  const errors = lossy(findings)
  if (errors.length > 0) throw refused(errors, file)
  return { bytes, mode, ledger }
}

async function readIfPresent(file: string, bytesMax: number) {
  try {
    const { mode } = await stat(file)
    return { bytes: await readBounded(file, bytesMax), mode: mode & 0o7777 }
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
}

/** Entries with a hash of the wrong form lose nothing by being written again, and one may be what is mended now. */
function lossy(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ severity, code }) => severity === 'E' && code !== 'hash-format')
}

function assertSound(before: OrderingLedger, ledger: OrderingLedger): void {
  const errors = lossy(normalize(ledger).findings)
  if (errors.length > 0) throw refused(errors, undefined)
  assertRecordable(before, ledger)
}

function refused(findings: readonly Finding[], file: string | undefined): LedgerError {
  const [first] = findings
  const subject = file === undefined ? 'the ordering ledger' : file
  return new LedgerError('INVARIANT_VIOLATED', `${subject} is not written: ${first?.message}`, {
    details: { rule: first?.code, ...(file === undefined ? {} : { file }), findings },
  })
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
