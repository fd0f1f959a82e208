// The engine of a daemon that loads schemas when a ledger needs them: whoever wants a ledger waits for its code, in the
// order in which they came, and is counted with what waits behind it. What is loaded costs one look.
import { inTurn } from './append-run.ts'
import type { DraftQueue } from './draft-queue.ts'
import type { AppendRequest, AppendResult, Engine } from './ports.ts'

export interface LoadingParts {
  /** Undefined for a ledger whose code is there. What it rejects with is what the request gets. */
  readonly whenLoaded: (ledger: string) => Promise<void> | undefined
  /** The engine's own. */
  readonly queue: DraftQueue
}

/** Appends that find the queue full while they would wait are refused with QUEUE_FULL. */
export function withSchemas(engine: Engine, { whenLoaded, queue }: LoadingParts): Engine {
  /** Ledgers that somebody waits for: whoever comes now goes behind, though the code may be there already. */
  const waiting = new Map<string, Promise<void>>()
  const loadingOf = (ledger: string): Promise<void> | undefined => {
    const before = waiting.get(ledger)
    const loading = before ?? whenLoaded(ledger)
    if (before === undefined && loading !== undefined) {
      const over = (): void => void waiting.delete(ledger)
      waiting.set(ledger, loading)
      loading.then(over, over)
    }
    return loading
  }
  const ready = <Result>(ledger: string, work: () => Promise<Result>): Promise<Result> =>
    loadingOf(ledger)?.then(work) ?? work()
  const appendBehind = async (loading: Promise<void>, request: AppendRequest): Promise<AppendResult> => {
    const { length } = request.drafts
    inTurn(request.run, () => queue.assertRoom(length))
    queue.add(length)
    const leave = (): void => queue.remove(length)
    // Not a turn between: whoever comes when the code is there goes behind those who waited for it.
    return await loading.then(
      () => {
        leave()
        return engine.append(request)
      },
      (error: unknown) => {
        leave()
        throw error
      },
    )
  }
  return {
    list: () => engine.list(),
    has: (ledger) => engine.has(ledger),
    onCreated: (listener) => engine.onCreated(listener),
    append: (request) => {
      const loading = loadingOf(request.ledger)
      return loading === undefined ? engine.append(request) : appendBehind(loading, request)
    },
    reader: (ledger) => ready(ledger, () => engine.reader(ledger)),
    stat: (ledger) => ready(ledger, () => engine.stat(ledger)),
    stopped: () => engine.stopped(),
    close: () => engine.close(),
  }
}
