// The verdict over one crash state: recover it, and once more from what the first recovery made durable; nothing that was
// acknowledged or seen is missing, nothing is torn, repeated or unknown, nothing stopped, and the second recovery has
// nothing left to do.
import {
  asideOf,
  checkFolder,
  checkRepair,
  digestOf,
  type FolderImage,
  type JudgedState,
  ledgerBytes,
  ledgersOf,
  type Violation,
} from '@ledgerd/testkit'
import { eventIdIn } from '../test/turns.ts'
import { type Recovered, recoverImage } from './recover-image.ts'

/** Recovered disks that are remembered. */
const knownMax = 256

export interface StateJudge {
  judge(state: JudgedState): Promise<readonly Violation[]>
  /** Recoveries that really ran; equal disks are recovered once. */
  readonly recoveries: number
  /** States in which a ledger ended in the middle of a line. */
  readonly tornTails: number
}

/**
 * A judge that remembers what recovery made of a disk. `sent`: the identities that clients ever sent. `origin`: the disk
 * before the run; what a recovery within the run took out of it must be found aside as well.
 */
export function stateJudge(sent: ReadonlySet<string>, origin: FolderImage): StateJudge {
  const known = new Map<string, Recovered>()
  let recoveries = 0
  let tornTails = 0
  const recover = async (image: FolderImage, digest: string): Promise<Recovered> => {
    const before = known.get(digest)
    if (before !== undefined) return before
    recoveries++
    const { seen, durable, stops } = await recoverImage(image)
    const recovered = { seen, durable, stops, ops: [] }
    if (known.size >= knownMax) known.delete(known.keys().next().value as string)
    known.set(digest, recovered)
    return recovered
  }
  return {
    get recoveries() {
      return recoveries
    },
    get tornTails() {
      return tornTails
    },
    judge: async ({ image, digest, evidence }) => {
      const ledgers = ledgersOf(image)
      if (ledgers.some((ledger) => isTorn(ledgerBytes(image, ledger)))) tornTails++
      const first = await recover(image, digest)
      const second = await recover(first.durable, digestOf(withoutReports(first.durable)))
      const stops = [...first.stops, ...second.stops].map(
        (stop): Violation => ({
          kind: 'false-stop',
          ledger: stop.split(':', 1)[0] ?? '',
          sentence: `stopped, ${stop}`,
        }),
      )
      const views = distinct([first.seen, first.durable, second.seen]).flatMap((view) =>
        checkFolder({ image: view, evidence, identityOf: eventIdIn, sent, tail: 'none' }),
      )
      const repairs = (isBeingRepaired(image) ? [origin] : [origin, image]).flatMap((before) =>
        repairsOf(before, first.durable),
      )
      return [...stops, ...views, ...repairs, ...differences(first.seen, second.seen)]
    },
  }
}

/** Of views with the same ledgers, byte for byte, one. */
function distinct(views: readonly FolderImage[]): FolderImage[] {
  return views.filter((view, at) => !views.slice(0, at).some((earlier) => hasSameLedgers(earlier, view)))
}

function hasSameLedgers(left: FolderImage, right: FolderImage): boolean {
  const [ours, theirs] = [ledgersOf(left), ledgersOf(right)]
  return (
    ours.length === theirs.length &&
    ours.every((ledger, at) => ledger === theirs[at] && ledgerBytes(left, ledger).equals(ledgerBytes(right, ledger)))
  )
}

function repairsOf(before: FolderImage, after: FolderImage): Violation[] {
  return ledgersOf(before).flatMap((ledger) =>
    checkRepair({
      ledger,
      before: ledgerBytes(before, ledger),
      after: ledgerBytes(after, ledger),
      aside: asideOf(after, ledger),
    }),
  )
}

/** Then what lies in the file is half a copy of what lies aside. */
function isBeingRepaired(image: FolderImage): boolean {
  return [...image.keys()].some((name) => name.endsWith('.jsonl/redo'))
}

function differences(first: FolderImage, second: FolderImage): Violation[] {
  return ledgersOf(first)
    .filter((ledger) => !ledgerBytes(first, ledger).equals(ledgerBytes(second, ledger)))
    .map((ledger) => ({ kind: 'not-idempotent', ledger, sentence: 'a second recovery made another file' }))
}

/** What recovery reads: without a redo marker it never looks at copies that lie aside, nor at its own reports. */
function withoutReports(image: FolderImage): FolderImage {
  if (isBeingRepaired(image)) return image
  return new Map([...image].filter(([name]) => !/\.jsonl\/(aside\/.+|recovery\.jsonl)$/.test(name)))
}

function isTorn(bytes: Buffer): boolean {
  return bytes.length > 0 && bytes.at(-1) !== 0x0a
}
