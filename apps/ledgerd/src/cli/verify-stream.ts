// `ledgerd verify` of what is no file: a ledger of a daemon, and stdin. One after the other, in the thread of the command.
import type { VerifyReport } from '@ledgerd/verify'
import type { DaemonFlags } from './daemon-address.ts'
import type { Io } from './io.ts'
import { assertAtHand, DaemonSchemas, schemaOfBeginning } from './schema-choice.ts'
import type { Target } from './target.ts'
import { type CheckContext, type CheckFlags, checkWhole } from './verify-check.ts'

/** Checks what the daemon gives out against the root it states. Throws what asking a daemon throws. */
export async function checkLedger(
  target: Target,
  flags: CheckFlags & DaemonFlags,
  context: CheckContext,
  io: Io,
): Promise<VerifyReport> {
  const { openDaemonLedger } = await import('./daemon-ledger.ts')
  await using ledger = await openDaemonLedger(target.ledger, flags, io)
  const { chunks, checkpoint } = await ledger.everything()
  const schema = assertAtHand(await new DaemonSchemas(flags, io).of(target.ledger), target.name)
  return await checkWhole(target, flags, context, { schema, chunks, checkpoints: [checkpoint] }, checkpoint.bytes)
}

/** The first chunk says what the lines are, unless a flag does. */
export async function checkStdin(
  target: Target,
  flags: CheckFlags,
  context: CheckContext,
  io: Io,
): Promise<VerifyReport> {
  const chunks = io.stdin[Symbol.asyncIterator]()
  const first = await chunks.next()
  const beginning = first.done === true ? new Uint8Array(0) : first.value
  const schema = await schemaOfBeginning(beginning, flags)
  const all = async function* (): AsyncGenerator<Uint8Array> {
    if (first.done !== true) yield first.value
    yield* { [Symbol.asyncIterator]: () => chunks }
  }
  return await checkWhole(target, flags, context, { schema, chunks: all() }, undefined)
}
