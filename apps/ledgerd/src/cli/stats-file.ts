// The stats of a ledger by its file: no lock, nothing written. The sidecar, where there is one, says how much is committed
// and under which schema; a daemon on the folder, where there is one, whether it has stopped the ledger.
import { LineSplitter } from '@ledgerd/canonical'
import { remedyOf } from '../engine/stop-remedy.ts'
import { isRaw } from '../schemas/raw-lines.ts'
import { freeze } from '../schemas/freeze.ts'
import { schemaOnRecord } from '../storage/origin.ts'
import { CliError } from './cli-error.ts'
import { fileChunks, openFile } from './file-bytes.ts'
import { exitCodeOfSignal, type Io } from './io.ts'
import type { KnownStops } from './folder-stops.ts'
import { Progress } from './progress.ts'
import { schemaOfFile } from './schema-choice.ts'
import { readSidecar } from './sidecar-files.ts'
import { type LineCount, openCount } from './stats-count.ts'
import type { Stats, Stopped } from './stats-document.ts'
import type { StatsFlags } from './stats-run.ts'
import type { Target } from './target.ts'

type FileTarget = Extract<Target, { readonly kind: 'file' }>
type Head = { readonly count: number; readonly bytes: number; readonly root: string; readonly epoch: number }

/** Counts the committed lines of a file; all whole lines where no head record says what is committed. */
export async function statsOfFile(target: FileTarget, flags: StatsFlags, io: Io, stops: KnownStops): Promise<Stats> {
  // The head record is read before the size: whatever it names is in the file by then.
  const found = await readSidecar(target.path)
  await found?.close()
  const head = found?.sidecar.head
  const schema = await schemaOfFile(target.path, flags)
  const count = await openCount(found?.ledger ?? target.ledger, schema)
  const file = await openFile(target.path)
  try {
    const { size } = await file.stat()
    const end = Math.min(size, head?.bytes ?? size)
    await countChunks(count, fileChunks(target.path, file, 0, end), { target, flags, io, totalBytes: end })
    const recorded = found === undefined ? undefined : schemaOnRecord(found.folder)
    const period = recorded?.name === schema.name ? recorded.periods.at(-1) : undefined
    const stop = found === undefined ? undefined : await stops.of(found.data, found.ledger)
    return {
      kind: 'stats',
      v: 1,
      target: target.name,
      schema: `${schema.name} ${period?.version ?? schema.version}`,
      schemaDigest: period?.digest ?? (isRaw(schema) ? null : freeze(schema).digest),
      epoch: head?.epoch ?? null,
      state: stop === undefined ? null : 'stopped',
      stop: stop ?? (head === undefined ? null : damageOf(head, count, size)),
      tailBytes: size - count.bytes,
      withheldLines: 0,
      ...count.result(),
    }
  } finally {
    await file.close()
  }
}

async function countChunks(
  count: LineCount,
  chunks: AsyncIterable<Uint8Array>,
  by: { readonly target: Target; readonly flags: StatsFlags; readonly io: Io; readonly totalBytes: number },
): Promise<void> {
  const { target, flags, io, totalBytes } = by
  const splitter = new LineSplitter({ lineBytesMax: Number.MAX_SAFE_INTEGER })
  const shown = { isQuiet: flags.quiet === true, isJson: flags.json === true, target: target.name, totalBytes }
  const progress = new Progress({ io, ...shown })
  try {
    for await (const chunk of chunks) {
      if (io.interrupted.aborted)
        throw new CliError(exitCodeOfSignal(io.interrupted), 'interrupted; nothing was counted')
      for (const { bytes } of splitter.push(chunk)) count.take(bytes)
      progress.update(count)
    }
  } finally {
    progress.end()
  }
}

/** What a daemon would find at opening: the counted lines are not those that were acknowledged. */
function damageOf(head: Head, count: LineCount, size: number): Stopped | null {
  const stopped = (reason: 'acknowledged-missing' | 'acknowledged-damaged', message: string): Stopped => {
    return { reason, since: null, message, remedy: remedyOf(reason) }
  }
  if (size < head.bytes)
    return stopped('acknowledged-missing', `the file has ${size} bytes, ${head.bytes} were acknowledged`)
  if (count.lines === head.count && count.rootHex === head.root) return null
  return stopped('acknowledged-damaged', 'the lines are not those that were acknowledged')
}
