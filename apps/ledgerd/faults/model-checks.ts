// What must hold between two steps of a history: followers have seen all of what they want and nothing else, the daemon's
// own figures are those of the reference, and an outside checker finds nothing wrong with the disk.
import { createHash } from 'node:crypto'
import { checkFolder, type KeptReceipt } from '@ledgerd/testkit'
import { eventIdIn } from '../test/turns.ts'
import { idOf } from './memory-daemon.ts'
import { modelLedgers, type ModelLedger, type ModelWorld } from './model-world.ts'

/** A step did what no step may do; its message is the finding. */
export class ModelBroken extends Error {}

export function require(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new ModelBroken(sentence)
}

export function requireSame(actual: unknown, expected: unknown, sentence: string): void {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)]
  require(left === right, `${sentence}: ${left}, the reference says ${right}`)
}

/** Followers of the ledgers that are served have seen exactly their lines, up to the end. */
export function checkFollowers(world: ModelWorld): void {
  for (const follower of world.followers) {
    const ledger = follower.wish.ledger as ModelLedger
    const { lines } = world.references[ledger]
    requireSame(follower.ended, undefined, `a follower of ${ledger} was sent away`)
    const wanted = lines.flatMap((draft, seq) => (seq >= follower.start && follower.wants(draft) ? [seq] : []))
    requireSame(
      follower.seen.map(({ seq }) => seq),
      wanted,
      `a follower of ${ledger} from ${follower.start} saw`,
    )
    for (const { seq, line } of follower.seen) world.expectLine(ledger, seq, line)
  }
}

/** Size, root and every line of a ledger, as the daemon says them; `end`: how many it should serve, unless all. */
export async function checkServed(
  world: ModelWorld,
  ledger: ModelLedger,
  end = world.references[ledger].lines.length,
): Promise<void> {
  if (end === 0 && !world.engine.has(ledger)) return
  for (let seq = 0; seq < end; ) {
    const count = await world.read(ledger, seq, 4096)
    require(count > 0, `${ledger} ends at ${seq} of ${end}`)
    seq += count
  }
  const { size, root } = await world.engine.stat(ledger)
  requireSame(size, end, `the size of ${ledger}`)
  const leaves = world
    .leavesOf(ledger)
    .slice(0, end)
    .map((leaf) => Buffer.from(leaf, 'hex'))
  requireSame(root, `sha256:${treeHead(leaves).toString('hex')}`, `the root of ${ledger}`)
}

/** The disk as it lies there, judged by code that shares nothing with the daemon. */
export function checkDisk(world: ModelWorld): void {
  const receipts = modelLedgers.flatMap((ledger) => receiptsOf(world, ledger))
  const sent = new Set(modelLedgers.flatMap((ledger) => [...sentTo(world, ledger)]))
  const evidence = { receipts, followers: [] }
  const found = checkFolder({ image: world.disk.image(), evidence, identityOf: eventIdIn, sent, tail: 'none' })
  requireSame(found, [], 'the disk')
}

/** For every line of a ledger that a receipt or a read has told of. */
export function receiptsOf(world: ModelWorld, ledger: ModelLedger): KeptReceipt[] {
  return world.leavesOf(ledger).map((leafHash, seq) => {
    const eventId = idOf(world.references[ledger].lines[seq]?.n ?? -1)
    return { ledger, seq, eventId, leafHash, durable: 'fsync' }
  })
}

/** Identities of a ledger's lines, those included of which nobody knows yet whether they are there. */
export function sentTo(world: ModelWorld, ledger: ModelLedger): ReadonlySet<string> {
  return new Set(world.references[ledger].lines.map(({ n }) => idOf(n)))
}

/** RFC 6962 §2.1, as it stands there. */
function treeHead(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return createHash('sha256').digest()
  if (leaves.length === 1 && leaves[0] !== undefined) return leaves[0]
  let half = 1
  while (half * 2 < leaves.length) half *= 2
  const [left, right] = [treeHead(leaves.slice(0, half)), treeHead(leaves.slice(half))]
  return createHash('sha256').update(Buffer.of(1)).update(left).update(right).digest()
}
