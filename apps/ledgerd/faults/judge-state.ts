// The verdict over one crash state: recover it, and once more from what the first recovery made durable; nothing that was
// acknowledged or seen is missing, nothing is torn, repeated or unknown, nothing stopped, and the second recovery has
// nothing left to do.
import {
  asideOf,
  checkFolder,
  checkRepair,
  contentDigest,
  digestOf,
  type Evidence,
  type FolderImage,
  type JudgedState,
  ledgerBytes,
  ledgersOf,
  type Violation,
} from '@ledgerd/testkit'
import { eventIdIn } from '../test/turns.ts'
import { type Recovered, recoverImage } from './recover-image.ts'

/** Recovered disks that are remembered: a hundred megabytes or so. */
const knownMax = 2048

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
  const known = new Map<string, Omit<Recovered, 'ops'>>()
  const check = checkOnce(sent)
  let recoveries = 0
  let tornTails = 0
  const recover = async (image: FolderImage, key: string): Promise<Omit<Recovered, 'ops'>> => {
    const before = known.get(key)
    if (before !== undefined) return before
    recoveries++
    const { seen, durable, stops } = await recoverImage(image)
    const recovered = { seen, durable, stops }
    if (known.size >= knownMax) known.delete(known.keys().next().value as string)
    known.set(key, recovered)
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
      if (ledgersOf(image).some((ledger) => isTorn(ledgerBytes(image, ledger)))) tornTails++
      const first = await recover(image, digest)
      // What lies aside may be another disk's in this answer, so it is never one to the first question.
      const second = await recover(first.durable, `again ${digestOf(withoutReports(first.durable))}`)
      const stops = [...first.stops, ...second.stops].map(
        (stop): Violation => ({
          kind: 'false-stop',
          ledger: stop.split(':', 1)[0] ?? '',
          sentence: `stopped, ${stop}`,
        }),
      )
      const views = check([first.seen, first.durable, second.seen], evidence)
      const repairs = (isBeingRepaired(image) ? [origin] : [origin, image]).flatMap((before) =>
        repairsOf(before, first.durable),
      )
      return [...stops, ...views, ...repairs, ...differences(first.seen, second.seen)]
    },
  }
}

/** Holds folders against evidence that only grows; of folders with the same ledgers, byte for byte, one. */
function checkOnce(sent: ReadonlySet<string>) {
  const verdicts = new Map<string, readonly Violation[]>()
  let known = ''
  return (views: readonly FolderImage[], evidence: Evidence): readonly Violation[] => {
    const told = [evidence.receipts, ...evidence.followers].map(({ length }) => length).join()
    if (told !== known) verdicts.clear()
    known = told
    const here = new Map(views.map((view) => [ledgersKey(view), view]))
    return [...here].flatMap(([key, image]) => {
      const verdict = verdicts.get(key) ?? checkFolder({ image, evidence, identityOf: eventIdIn, sent, tail: 'none' })
      verdicts.set(key, verdict)
      return verdict
    })
  }
}

function ledgersKey(image: FolderImage): string {
  return ledgersOf(image)
    .map((ledger) => `${ledger}\0${contentDigest(ledgerBytes(image, ledger))}`)
    .join('\n')
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

function differences(first: FolderImage, second: FolderImage): Violation[] {
  return ledgersOf(first)
    .filter((ledger) => !ledgerBytes(first, ledger).equals(ledgerBytes(second, ledger)))
    .map((ledger) => ({ kind: 'not-idempotent', ledger, sentence: 'a second recovery made another file' }))
}

/** Then what lies in the file is half a copy of what lies aside. */
function isBeingRepaired(image: FolderImage): boolean {
  return [...image.keys()].some((name) => name.endsWith('.jsonl/redo'))
}

/** What recovery reads: without a redo marker it never looks at copies that lie aside, nor at its own reports. */
function withoutReports(image: FolderImage): FolderImage {
  if (isBeingRepaired(image)) return image
  return new Map([...image].filter(([name]) => !/\.jsonl\/(aside\/.+|recovery\.jsonl)$/.test(name)))
}

function isTorn(bytes: Buffer): boolean {
  return bytes.length > 0 && bytes.at(-1) !== 0x0a
}
