// `ledgerd verify --from`: the lines from a position on, by file or by daemon. What needs the lines before is reported as
// not checked, so that the answer is never a plain yes.
import { verifyFrom, type VerifyFromOptions, type VerifyReport } from '@ledgerd/verify'
import { CliError } from './cli-error.ts'
import { daemonLines, openDaemonLedger } from './daemon-ledger.ts'
import { exitCodes } from './exit-code.ts'
import { fileChunks, openFile } from './file-bytes.ts'
import { findPlace } from './file-position.ts'
import type { Io } from './io.ts'
import { neutralize } from './neutralize.ts'
import { parsePosition, type Position } from './position.ts'
import { Progress } from './progress.ts'
import { assertAtHand, DaemonSchemas, schemaOfFile } from './schema-choice.ts'
import { readSidecar } from './sidecar-files.ts'
import type { Target } from './target.ts'
import { withPublicKey } from './verify-keys.ts'
import type { VerifyFlags } from './verify-run.ts'

/** Checks one target from the position of `--from` on. Throws CliError and LedgerError. */
export async function checkFrom(target: Target, flags: VerifyFlags, io: Io): Promise<VerifyReport> {
  const position = parsePosition(flags.from ?? 'start', io.nowMs())
  switch (target.kind) {
    case 'file':
      return await checkFile(target, position, flags, io)
    case 'ledger':
      return await checkLedger(target, position, flags, io)
    default:
      throw new CliError(
        exitCodes.usage,
        `--from needs one ledger or file, not ${target.name}`,
        'ledgerd verify FILE --from -1000',
      )
  }
}

async function checkFile(
  target: Extract<Target, { kind: 'file' }>,
  position: Position,
  flags: VerifyFlags,
  io: Io,
): Promise<VerifyReport> {
  const found = await readSidecar(target.path)
  const schema = assertAtHand(await schemaOfFile(target.path, flags), target.name)
  const file = await openFile(target.path)
  try {
    const { size } = await file.stat()
    const end = Math.min(size, found?.sidecar.head?.bytes ?? size)
    const { offset, seq } = await findPlace(target.path, file, end, position, schema)
    const { adoption } = found ?? {}
    return await check({ ...target, ledger: flags.as ?? found?.ledger ?? target.ledger }, flags, io, {
      schema,
      chunks: fileChunks(target.path, file, offset, end),
      from: { line: seq + 1, offset },
      hasGrown: async () => (await file.stat()).size > size,
      ...(adoption === undefined ? {} : { adoption }),
    })
  } finally {
    await file.close()
    await found?.close()
  }
}

/** Byte offsets in the file are not known of a daemon's lines; the report counts from the first line it looked at. */
async function checkLedger(target: Target, position: Position, flags: VerifyFlags, io: Io): Promise<VerifyReport> {
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
  return await check(target, flags, io, {
    schema,
    chunks: withLineFeeds(lines),
    from: { line: from + 1, offset: 0 },
  })
}

async function* withLineFeeds(lines: AsyncIterable<{ readonly bytes: Uint8Array }>): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of lines) yield Buffer.concat([bytes, Uint8Array.of(0x0a)])
}

async function check(
  { name, ledger }: Target,
  flags: VerifyFlags,
  io: Io,
  parts: Pick<VerifyFromOptions, 'schema' | 'chunks' | 'from' | 'hasGrown' | 'adoption'>,
): Promise<VerifyReport> {
  const progress = new Progress({
    io,
    isQuiet: flags.quiet === true,
    isJson: flags.json === true,
    target: neutralize(name),
    totalBytes: undefined,
  })
  try {
    return await verifyFrom({
      target: name,
      ledger,
      isStrict: flags.strict === true,
      level: flags.level ?? 'lines',
      onProgress: (done) => progress.update(done),
      signal: io.interrupted,
      ...parts,
      schema: await withPublicKey(parts.schema, flags.publicKey),
    })
  } finally {
    progress.end()
  }
}
