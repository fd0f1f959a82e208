// The engine of a daemon that loads schemas when a ledger needs them: whoever wants a ledger waits for its code, in the
// order in which they came. What is loaded costs one look.
import type { Engine } from './ports.ts'

/** `whenLoaded` is undefined for a ledger whose code is there. What it rejects with is what the request gets. */
export function withSchemas(engine: Engine, whenLoaded: (ledger: string) => Promise<void> | undefined): Engine {
  /** Ledgers that somebody waits for: whoever comes now goes behind, though the code may be there already. */
  const waiting = new Map<string, Promise<void>>()
  const ready = <Result>(ledger: string, work: () => Promise<Result>): Promise<Result> => {
    const before = waiting.get(ledger)
    const loading = before ?? whenLoaded(ledger)
    if (loading === undefined) return work()
    if (before === undefined) {
      const over = (): void => void waiting.delete(ledger)
      waiting.set(ledger, loading)
      loading.then(over, over)
    }
    return loading.then(work)
  }
  return {
    list: () => engine.list(),
    has: (ledger) => engine.has(ledger),
    onCreated: (listener) => engine.onCreated(listener),
    append: (request) => ready(request.ledger, () => engine.append(request)),
    reader: (ledger) => ready(ledger, () => engine.reader(ledger)),
    stat: (ledger) => ready(ledger, () => engine.stat(ledger)),
    stopped: () => engine.stopped(),
    close: () => engine.close(),
  }
}
