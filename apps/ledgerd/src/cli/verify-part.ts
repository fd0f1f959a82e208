// `ledgerd verify --from`: the lines from a position on, by file or by daemon. What needs the lines before is reported as
// not checked, so that the answer is never a plain yes.
import { verifyFrom, type VerifyFromOptions, type VerifyReport } from '@ledgerd/verify'
import type { DaemonFlags } from './daemon-address.ts'
import { daemonLines, openDaemonLedger } from './daemon-ledger.ts'
import { fileChunks, openFile } from './file-bytes.ts'
import { findPlace } from './file-position.ts'
import type { Io } from './io.ts'
import { neutralize } from './neutralize.ts'
import { parsePosition, type Position } from './position.ts'
import { assertAtHand, DaemonSchemas, schemaOfFile } from './schema-choice.ts'
import { readSidecar } from './sidecar-files.ts'
import type { Target } from './target.ts'
import { type CheckContext, type CheckFlags, checkOptions, type FileTarget } from './verify-check.ts'

/** Checks a file from the position of `--from` on. Throws CliError and LedgerError. */
export async function checkFileFrom(
  target: FileTarget,
  flags: CheckFlags,
  context: CheckContext,
): Promise<VerifyReport> {
  const position = positionOf(flags, context)
  const found = await readSidecar(target.path)
  const schema = assertAtHand(await schemaOfFile(target.path, flags), target.name)
  const file = await openFile(target.path)
  try {
    const { size } = await file.stat()
    const end = Math.min(size, found?.sidecar.head?.bytes ?? size)
    const { offset, seq } = await findPlace(target.path, file, end, position, schema)
    const { adoption } = found ?? {}
    const named = { name: target.name, ledger: flags.as ?? found?.ledger ?? target.ledger }
    return await check(named, flags, context, {
      schema,
      chunks: fileChunks(target.path, file, offset, end),
      from: { line: seq + 1, offset },
      acknowledgedBytes: found?.sidecar.head?.bytes,
      bytesBehind: size - end,
      hasGrown: async () => (await file.stat()).size > size,
      ...(adoption === undefined ? {} : { adoption }),
    })
  } finally {
    await file.close()
    await found?.close()
  }
}

/**
 * Checks a daemon's ledger from the position on. Byte offsets in the file are not known of a daemon's lines; the report
 * counts from the first line it looked at. Throws CliError and LedgerError.
 */
export async function checkLedgerFrom(
  target: Target,
  flags: CheckFlags & DaemonFlags,
  context: CheckContext,
  io: Io,
): Promise<VerifyReport> {
  const position = positionOf(flags, context)
  const { ledger } = target
  const schema = assertAtHand(await new DaemonSchemas(flags, io).of(ledger), target.name)
  await using handle = await openDaemonLedger(ledger, flags, io)
  const from = await handle.resolve(position)
  const onNotice = (sentence: string): void => io.say(`ledgerd: ${neutralize(sentence)}\n`)
  const lines = daemonLines(
    {
      ledgers: [ledger],
      from,
      isFollowing: false,
      types: undefined,
      link: undefined,
      flags,
      isSchemaWanted: false,
      onNotice,
    },
    io,
  )
  return await check(target, flags, context, {
    schema,
    chunks: withLineFeeds(lines),
    from: { line: from + 1, offset: 0 },
  })
}

function positionOf({ from = 'start' }: CheckFlags, { nowMs }: CheckContext): Position {
  return parsePosition(from, nowMs)
}

async function* withLineFeeds(lines: AsyncIterable<{ readonly bytes: Uint8Array }>): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of lines) yield Buffer.concat([bytes, Uint8Array.of(0x0a)])
}

async function check(
  target: Pick<Target, 'name' | 'ledger'>,
  flags: CheckFlags,
  { onProgress, signal }: CheckContext,
  parts: Omit<VerifyFromOptions, 'target' | 'ledger'>,
): Promise<VerifyReport> {
  return await verifyFrom({
    level: flags.level ?? 'lines',
    onProgress,
    signal,
    ...parts,
    ...(await checkOptions(target, parts.schema, flags)),
  })
}
