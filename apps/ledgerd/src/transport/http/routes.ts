// Which path is what (PROTOCOL.md §6). Paths are exact: nothing is decoded, no slash is added or dropped, and a ledger id
// is what stands between the prefix and the suffix, to be judged as an id.
import { paths } from '@ledgerd/protocol'

export type Route =
  | { readonly name: 'health' | 'ready' | 'metrics' }
  | { readonly name: 'ledgers' }
  | { readonly name: 'append' | 'lines'; readonly ledger: string }
  | { readonly name: 'stat'; readonly ledger: string }
  | { readonly name: 'line'; readonly ledger: string; readonly seq: number }

export interface RouteMatch {
  readonly route: Route
  readonly methods: readonly string[]
  /** Probes answer without a token. */
  readonly isOpen: boolean
}

const reading: readonly string[] = ['GET', 'HEAD']
const appending: readonly string[] = ['POST']

const byPath = new Map<string, RouteMatch>([
  [paths.health, { route: { name: 'health' }, methods: reading, isOpen: true }],
  [paths.ready, { route: { name: 'ready' }, methods: reading, isOpen: true }],
  [paths.metrics, { route: { name: 'metrics' }, methods: reading, isOpen: false }],
  [paths.ledgers, { route: { name: 'ledgers' }, methods: reading, isOpen: false }],
])

const ledgerPath = new RegExp(`^${paths.ledgers}/(.+?)(?:/(append|lines)|/lines/(\\d{1,16}))?$`)

/** Undefined when there is nothing at this path. The ledger id is not checked here. */
export function matchRoute(path: string): RouteMatch | undefined {
  const fixed = byPath.get(path)
  if (fixed !== undefined) return fixed
  const match = ledgerPath.exec(path)
  if (match === null) return undefined
  const [, ledger = '', action, seq] = match
  if (seq !== undefined) return { route: { name: 'line', ledger, seq: Number(seq) }, methods: reading, isOpen: false }
  if (action === 'append') return { route: { name: 'append', ledger }, methods: appending, isOpen: false }
  return { route: { name: action === 'lines' ? 'lines' : 'stat', ledger }, methods: reading, isOpen: false }
}
