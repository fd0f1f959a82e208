// The verdict over one crash state: recover it, and once more from what the first recovery made durable; nothing that was
// acknowledged or seen is missing, nothing is torn, repeated or unknown, nothing stopped, and the second recovery has
// nothing left to do. Where the head record trails, a ledger may stop in doubt: then there is one, and no byte was changed.
import {
  asideOf,
  checkFolder,
  checkLedger,
  checkRepair,
  contentDigest,
  digestOf,
  type Evidence,
  type FolderImage,
  type JudgedState,
  ledgerBytes,
  ledgersOf,
  splitAtLineFeeds,
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
  /** States in which a ledger rightly stopped in doubt. */
  readonly doubts: number
}

/**
 * A judge that remembers what recovery made of a disk. `sent`: the identities that clients ever sent. `origin`: the disk
 * before the run; what a recovery within the run took out of it must be found aside as well. `trails`: of the head records.
 */
export function stateJudge(sent: ReadonlySet<string>, origin: FolderImage, trails: boolean): StateJudge {
  const known = new Map<string, Omit<Recovered, 'ops'>>()
  const check = checkOnce(sent)
  let recoveries = 0
  let tornTails = 0
  let doubts = 0
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
    get doubts() {
      return doubts
    },
    judge: async ({ image, digest, evidence }) => {
      if (ledgersOf(image).some((ledger) => isTorn(ledgerBytes(image, ledger)))) tornTails++
      const first = await recover(image, digest)
      // What lies aside may be another disk's in this answer, so it is never one to the first question.
      const second = await recover(first.durable, `again ${digestOf(withoutReports(first.durable))}`)
      const doubtful = trails ? doubtfulOf(image, first) : none
      if (doubtful.size > 0) doubts++
      const stops = [...first.stops, ...second.stops]
        .map((stop): Violation => ({ kind: 'false-stop', ledger: ledgerOf(stop), sentence: `stopped, ${stop}` }))
        .filter(({ ledger }) => !doubtful.has(ledger))
      const views = check([first.seen, first.durable, second.seen], evidence, doubtful)
      const repairs = (isBeingRepaired(image) ? [origin] : [origin, image]).flatMap((before) =>
        repairsOf(before, first.durable),
      )
      return [...stops, ...views, ...repairs, ...differences(first.seen, second.seen)]
    },
  }
}

const none: ReadonlySet<string> = new Set()

/** Ledgers that stopped in doubt, rightly and without a changed byte. */
function doubtfulOf(image: FolderImage, { seen, durable, stops }: Omit<Recovered, 'ops'>): ReadonlySet<string> {
  const isLeft = (ledger: string): boolean => {
    const bytes = ledgerBytes(image, ledger)
    return [seen, durable].every((after) => ledgerBytes(after, ledger).equals(bytes)) && isInDoubt(bytes)
  }
  return new Set(
    stops
      .filter((stop) => stop.endsWith(': tail-in-doubt'))
      .map(ledgerOf)
      .filter(isLeft),
  )
}

/** Something that is no line stands before something that is one: it may be a torn group, and it may be damage. */
function isInDoubt(bytes: Buffer): boolean {
  const { lines, rest } = splitAtLineFeeds(bytes)
  const areRecords = [...lines, rest].map(isRecord)
  const wrong = areRecords.indexOf(false)
  return wrong >= 0 && areRecords.includes(true, wrong)
}

/** True for what is an object by its syntax, read by none of our code. */
export function isRecord(line: Uint8Array): boolean {
  try {
    return typeof JSON.parse(Buffer.from(line).toString()) === 'object'
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}

function ledgerOf(stop: string): string {
  return stop.split(':', 1)[0] ?? ''
}

/** Holds folders against evidence that only grows; of folders with the same ledgers, byte for byte, one. */
function checkOnce(sent: ReadonlySet<string>) {
  const verdicts = new Map<string, readonly Violation[]>()
  let known = ''
  return (views: readonly FolderImage[], evidence: Evidence, doubtful: ReadonlySet<string>): readonly Violation[] => {
    if (doubtful.size > 0) return views.flatMap((image) => checkEach(image, evidence, sent, doubtful))
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

/** A ledger that stopped in doubt has what was acknowledged and seen; what lies behind is as the crash left it. */
function checkEach(
  image: FolderImage,
  evidence: Evidence,
  sent: ReadonlySet<string>,
  doubtful: ReadonlySet<string>,
): Violation[] {
  const named = evidence.receipts.map(({ ledger }) => ledger)
  return [...new Set([...ledgersOf(image), ...named])].flatMap((ledger) => {
    const tail = doubtful.has(ledger) ? 'running' : 'none'
    const bytes = ledgerBytes(image, ledger)
    return checkLedger({ ledger, bytes, evidence, identityOf: eventIdIn, sent, tail })
  })
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
