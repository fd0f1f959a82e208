// The steps of a history, each with what it asks of the daemon and what it must find. A step is data: the same steps give
// the same run, and a failing history shrinks to the fewest and smallest of them.
import type { AsyncCommand } from 'fast-check'
import { checkFollowers, checkServed, require, requireSame } from './model-checks.ts'
import { type ModelDraft, modelLink, markType, noteType } from './model-draft.ts'
import type { ModelRequest } from './model-reference.ts'
import { type ModelLedger, modelLedgers, type ModelWorld } from './model-world.ts'

/** How often each thing really happened, over all histories. */
export type Happened = Map<string, number>

/** What a history knows besides the world: the next unused number, and where to count. */
export interface ModelRun {
  readonly world: ModelWorld
  readonly happened: Happened
  nextNumber: number
}

export type Step = AsyncCommand<ModelRun, ModelRun>

/** One draft of a step, before it has a number: a new one, one that was sent before, or that one with other content. */
export interface DraftWish {
  readonly kind: 'new' | 'again' | 'other' | 'bad'
  readonly share: number
  readonly textLength: number
}

export interface RequestWish {
  readonly drafts: readonly DraftWish[]
  readonly isAtomic: boolean
  readonly expect: 'nothing' | 'right' | 'wrong'
}

/** One new draft, nothing asked. */
export const plain: RequestWish = {
  drafts: [{ kind: 'new', share: 0, textLength: 4 }],
  isAtomic: false,
  expect: 'nothing',
}

/** Makes a step of an action; `data` is shown when it fails. */
export function step(name: string, data: unknown, act: (run: ModelRun) => Promise<void>): Step {
  return {
    check: () => true,
    run: async (_, run) => {
      count(run, name)
      await act(run)
    },
    toString: () => `${name} ${JSON.stringify(data)}`,
  }
}

export function count({ happened }: ModelRun, what: string, by = 1): void {
  happened.set(what, (happened.get(what) ?? 0) + by)
}

/** Requests sent at once are answered as the reference says, published, and served. */
export function appendStep(ledger: ModelLedger, wishes: readonly RequestWish[]): Step {
  return step('append', { ledger, wishes }, async (run) => {
    const { expected, answers } = sendAll(run, ledger, wishes)
    requireSame(await answers, expected, `what became of drafts for ${ledger}`)
    await run.world.settle()
    for (const outcome of expected.flat()) count(run, outcome.split(' ', 1)[0] ?? '')
    checkFollowers(run.world)
  })
}

/** With a daemon just begun: what was asked for while the last one went or failed is there as a prefix, or not at all. */
export async function recovered(run: ModelRun): Promise<void> {
  const { world } = run
  for (const ledger of modelLedgers) {
    const { floor, lines } = world.references[ledger]
    const { size, epoch } = world.engine.has(ledger) ? await world.engine.stat(ledger) : { size: 0, epoch: 0 }
    require(size >= floor, `${ledger} has ${size} lines, ${floor} were acknowledged`)
    require(size <= lines.length, `${ledger} has ${size} lines, ${lines.length} were ever sent`)
    if (size > floor) count(run, 'unacknowledged lines kept', size - floor)
    if (size < lines.length) count(run, 'unacknowledged lines gone', lines.length - size)
    world.settleAt(ledger, size)
    world.references[ledger].epoch = epoch
  }
  await served(run)
}

/** No ledger has stopped, and each has what the reference has. */
export async function served({ world }: ModelRun): Promise<void> {
  await world.settle()
  requireSame(world.stopsSince(0), [], 'ledgers stopped')
  for (const ledger of modelLedgers) await checkServed(world, ledger)
  await world.settle()
  checkFollowers(world)
}

/** The daemon goes down in order and comes back. */
export function reopenStep(): Step {
  return step('reopen', {}, async (run) => {
    await run.world.stop()
    run.world.start()
    await recovered(run)
  })
}

/** Sends what is wished for; the reference has answered already. */
export function sendAll(run: ModelRun, ledger: ModelLedger, wishes: readonly RequestWish[]) {
  const reference = run.world.references[ledger]
  const requests: ModelRequest[] = []
  const expected = wishes.map((wish) => {
    const request = requestOf(run, ledger, wish)
    requests.push(request)
    return reference.append(request)
  })
  return { expected, requests, answers: run.world.send(run.world.engine, ledger, requests) }
}

function requestOf(run: ModelRun, ledger: ModelLedger, { drafts, isAtomic, expect }: RequestWish): ModelRequest {
  const { lines } = run.world.references[ledger]
  const numbered = drafts.map((wish): ModelDraft => {
    const earlier = lines[Math.floor(wish.share * lines.length)]
    const isNew = wish.kind === 'new' || earlier === undefined
    if (wish.kind === 'bad') return { n: run.nextNumber++, version: 0, textLength: 1, isBad: true }
    if (isNew) return { n: run.nextNumber++, version: 0, textLength: wish.textLength, isBad: false }
    return wish.kind === 'again' ? earlier : { ...earlier, version: earlier.version + 1 }
  })
  const isHopeless = numbered.every(({ isBad }) => isBad)
  if (expect === 'nothing' || isHopeless) return { drafts: numbered, isAtomic, expectSize: undefined }
  return { drafts: numbered, isAtomic, expectSize: expect === 'right' ? lines.length : lines.length + 1 }
}

/** A new follower from a cursor, with or without filters. */
export function followStep(
  ledger: ModelLedger,
  share: number,
  filter: 'none' | 'notes' | 'marks' | 'linked' | 'linked notes',
  credit: number,
): Step {
  return step('follow', { ledger, share, filter, credit }, async (run) => {
    const { lines } = run.world.references[ledger]
    const types = {
      none: undefined,
      notes: [noteType],
      marks: [markType],
      linked: undefined,
      'linked notes': [noteType],
    }
    const link = filter.startsWith('linked') ? modelLink : undefined
    const start = Math.floor(share * lines.length)
    run.world.follow({ ledger, types: types[filter], link, credit }, start)
    await run.world.settle()
    checkFollowers(run.world)
  })
}

/** A range from anywhere, and a cursor beyond the end, which is refused. */
export function readStep(ledger: ModelLedger, share: number, bytesMax: number): Step {
  return step('read', { ledger, share, bytesMax }, async ({ world }) => {
    const { lines } = world.references[ledger]
    if (lines.length === 0) return
    const from = Math.floor(share * (lines.length + 1))
    const found = await world.read(ledger, from, bytesMax)
    require(found > 0 === from < lines.length, `a read from ${from} of ${lines.length} brought ${found} lines`)
    const beyond = await refusalOf(world.read(ledger, lines.length + 1, bytesMax))
    requireSame(beyond, 'CURSOR_AHEAD', 'a read beyond the end')
  })
}

/** The code of a refusal; undefined when there was none. */
export async function refusalOf(action: Promise<unknown>): Promise<string | undefined> {
  try {
    await action
    return undefined
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}

/** The wall clock jumps; nothing but timestamps may notice. */
export function clockStep(jumpMs: number): Step {
  return step(jumpMs < 0 ? 'clock back' : 'clock ahead', { jumpMs }, async ({ world }) => {
    world.clockMs = Math.max(0, world.clockMs + jumpMs)
    await world.settle()
  })
}

/** What the daemon puts off is done. */
export function laterStep(): Step {
  return step('later', {}, async ({ world }) => {
    await world.catchUp()
  })
}
