// The stored lines that a `schema` command is shown: bare files, or ledgers of a daemon. One pass, flat memory.
import { isBlank, LineSplitter } from '@ledgerd/canonical'
import { CliError } from './cli-error.ts'
import type { DaemonFlags } from './daemon-address.ts'
import { exitCodes } from './exit-code.ts'
import { fileChunks, openFile } from './file-bytes.ts'
import type { Io } from './io.ts'
import { Progress } from './progress.ts'
import { parseTarget } from './target.ts'

export interface ScanPlan {
  readonly flags: DaemonFlags & { readonly quiet?: boolean }
  readonly io: Io
  /** What is being done to the lines, for the first word about each ledger. */
  readonly verb: string
}

export interface Scanned {
  readonly lines: number
  /** Up to the last LF. */
  readonly bytes: number
}

/** Gives each line, without LF, with the offset of its first byte; undefined if it was interrupted. Throws CliError. */
export async function scanLedger(
  name: string,
  plan: ScanPlan,
  take: (line: Uint8Array, offset: number) => void,
): Promise<Scanned | undefined> {
  const { flags, io } = plan
  const target = parseTarget(name, {})
  if (target.kind === 'file') {
    const file = await openFile(target.path)
    try {
      const { size } = await file.stat()
      return await scanChunks(name, fileChunks(target.path, file, 0, size), size, plan, take)
    } finally {
      await file.close()
    }
  }
  if (target.kind !== 'ledger')
    throw new CliError(exitCodes.usage, `${name} is no file and no ledger id`, 'name files and ledgers one by one')
  const { openDaemonLedger } = await import('./daemon-ledger.ts')
  await using ledger = await openDaemonLedger(name, flags, io)
  const { chunks, checkpoint } = await ledger.everything()
  return await scanChunks(name, chunks, checkpoint.bytes, plan, take)
}

async function scanChunks(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
  size: number,
  { flags, io, verb }: ScanPlan,
  take: (line: Uint8Array, offset: number) => void,
): Promise<Scanned | undefined> {
  const splitter = new LineSplitter()
  const progress = new Progress({ io, isQuiet: flags.quiet === true, isJson: false, target: name, totalBytes: size })
  let lines = 0
  let bytes = 0
  io.say(`ledgerd: ${verb} ${name}, ${size} bytes\n`)
  try {
    for await (const chunk of chunks) {
      if (io.interrupted.aborted) return undefined
      for (const line of splitter.push(chunk)) {
        bytes = line.offset + line.bytes.length + 1
        if (isBlank(line.bytes) && !line.isTooLong) continue
        take(line.bytes, line.offset)
        lines++
      }
      progress.update({ bytes, lines })
    }
  } finally {
    progress.end()
  }
  if (io.interrupted.aborted) return undefined
  const torn = splitter.end()
  if (torn !== undefined)
    io.say(`ledgerd: ${name}: the last ${torn.bytes.length} bytes have no line feed and are left out\n`)
  return { lines, bytes }
}
