// `ledgerd verify` of a bare file: whole, its last line, or from a position on, with whatever lies beside it. Runs in the
// thread of the command and in threads of its own alike: it knows no terminal and no daemon.
import { type VerifyOptions, type VerifyReport, verifyTail } from '@ledgerd/verify'
import type { LedgerSchema } from '@ledgerd/schema'
import type { FileHandle } from 'node:fs/promises'
import { fileChunks, openFile, readRange, startOfLast } from './file-bytes.ts'
import { assertAtHand, schemaOfFile } from './schema-choice.ts'
import { type FoundSidecar, readSidecar } from './sidecar-files.ts'
import { type CheckContext, type CheckFlags, checkOptions, checkWhole, type FileTarget } from './verify-check.ts'
import { underSettings } from './verify-keys.ts'

/** Blank lines at the end that the tail level reads over. */
const blankTailLinesMax = 1024

/** Checks one file as the flags ask. Throws CliError, LedgerError and what reading throws: then nothing was decided. */
export async function checkFile(target: FileTarget, flags: CheckFlags, context: CheckContext): Promise<VerifyReport> {
  if (flags.from !== undefined) return await (await import('./verify-part.ts')).checkFileFrom(target, flags, context)
  // The head record is read before the size: whatever it names is in the file by then.
  const found = await readSidecar(target.path)
  const schema = await underSettings(assertAtHand(await schemaOfFile(target.path, flags), target.name), found)
  const file = await openFile(target.path)
  try {
    const named = { name: target.name, ledger: flags.as ?? found?.ledger ?? target.ledger }
    const { size } = await file.stat()
    if (flags.level === 'tail') return await checkTail(named, flags, { file, size, schema, found })
    const parts = {
      schema,
      chunks: fileChunks(target.path, file, 0, size),
      endOffset: size,
      hasGrown: async () => (await file.stat()).size > size,
      ...(found === undefined ? {} : sidecarParts(found)),
    }
    return await checkWhole(named, flags, context, parts, size)
  } finally {
    await file.close()
    await found?.close()
  }
}

function sidecarParts({ sidecar, adoption }: FoundSidecar): Partial<VerifyOptions> {
  return { sidecar, ...(adoption === undefined ? {} : { adoption }) }
}

interface TailParts {
  readonly file: FileHandle
  readonly size: number
  readonly schema: LedgerSchema
  readonly found: FoundSidecar | undefined
}

async function checkTail(
  target: Pick<FileTarget, 'name' | 'ledger'>,
  flags: CheckFlags,
  { file, size, schema, found }: TailParts,
): Promise<VerifyReport> {
  const { adoption, sidecar } = found ?? {}
  const options = {
    ...(await checkOptions(target, schema, flags)),
    ...(adoption === undefined ? {} : { adoption }),
    acknowledgedBytes: sidecar?.head?.bytes,
  }
  const end = Math.min(size, sidecar?.head?.bytes ?? size)
  const report = verifyTail({ ...options, ...(await readTail(file, end)), bytesBehind: size - end })
  const fragment = report.findings.find((finding) => finding.code === 'torn-tail')
  const isBeingWritten = fragment !== undefined && (await file.stat()).size > size
  if (!isBeingWritten) return report
  return verifyTail({ ...options, ...(await readTail(file, fragment.offset)), bytesBehind: size - fragment.offset })
}

/** The last line below `end` that is not blank, with what blank lines follow it. */
async function readTail(file: FileHandle, end: number): Promise<{ bytes: Uint8Array; offset: number }> {
  for (let lines = 1; ; lines *= 2) {
    const offset = await startOfLast(file, end, lines)
    const bytes = await readRange(file, offset, end - offset)
    if (offset === 0 || lines >= blankTailLinesMax || bytes.some((byte) => byte > 0x20)) return { bytes, offset }
  }
}
