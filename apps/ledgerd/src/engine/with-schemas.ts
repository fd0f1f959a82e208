// The engine of a daemon that loads schemas when a ledger needs them: whoever wants a ledger waits for its code, in the
// order in which they came. What is loaded costs one look.
import type { Engine } from './ports.ts'

/** `whenLoaded` is undefined for a ledger whose code is there. What it rejects with is what the request gets. */
export function withSchemas(engine: Engine, whenLoaded: (ledger: string) => Promise<void> | undefined): Engine {
  const ready = <Result>(ledger: string, work: () => Promise<Result>): Promise<Result> =>
    whenLoaded(ledger)?.then(work) ?? work()
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
