// What the daemon counts about itself, as a port: engine, subscribers and transport know only `Metrics`. Counting is one
// addition to a number; the Prometheus text is made when somebody asks for it (prometheus.ts).
import type { ErrorCode } from '@ledgerd/schema'

/** Every counter with its help text. Names end up as `ledgerd_<name>_total`. */
export const counterHelp = {
  connections: 'WebSocket connections accepted',
  connections_refused: 'Handshakes and requests turned away before a session began',
  logins_failed: 'Tokens that were missing or wrong',
  denials: 'Requests that the token does not allow',
  frames_received: 'WebSocket frames received',
  http_requests: 'HTTP requests received',
  appends: 'Append requests received',
  drafts_received: 'Drafts received',
  lines_committed: 'Lines committed',
  bytes_committed: 'Bytes committed',
  groups_committed: 'Groups committed: one write and its syncs each',
  duplicates: 'Drafts answered with an earlier receipt',
  lines_published: 'Lines delivered to followers and readers',
  bytes_published: 'Bytes delivered to followers and readers',
  streams_opened: 'Follow streams opened',
  fell_behind: 'Times that a follower fell back to reading the file',
  ledger_stops: 'Times that a ledger stopped taking appends',
} as const

/** Every limit on visitors with its help text; they end up as the label `limit` of `ledgerd_limits_hit_total`. */
export const limitHelp = {
  sockets: 'sockets of one listening address',
  connections: 'WebSocket connections in all',
  connections_per_principal: 'connections and requests of one token at a time',
  streams: 'streams of one connection',
  logins: 'failed logins of one peer in a minute',
  headers: 'bytes or number of request headers',
  request_time: 'time until headers or body were complete',
  hello_time: 'time until hello',
  draft_rate: 'drafts of one token in a second',
} as const

/** Every gauge with its help text. Names end up as `ledgerd_<name>`. */
export const gaugeHelp = {
  sockets_open: 'Sockets open now, whether they have said anything or not',
  connections_open: 'WebSocket connections open now',
  streams_open: 'Follow streams open now',
  outbox_bytes: 'Bytes waiting to be taken by peers',
  appends_open: 'Append requests waiting for their commit',
  credit_bytes: 'Bytes that followers have said they will take and that are not sent yet',
  queue_bytes: 'Bytes of drafts that wait for their commit, in all ledgers',
  ledgers_open: 'Ledgers held open, with their files and locks',
  ledgers_opening: 'Ledgers being recovered or read for the first time; their appends wait',
  disk_free_bytes: 'Bytes left to this user on the disk of the data folder',
  ready: '1 while appends are taken by every ledger, 0 otherwise',
} as const

/** Every gauge with labels. Names end up as `ledgerd_<name>`. */
export const labelledGaugeHelp = {
  ledgers_stopped: { help: 'Ledgers that take no appends until an operator looks, by reason', labels: ['reason'] },
  ledger_stopped_timestamp_seconds: {
    help: 'Since when a ledger is stopped, in Unix time, and what to do about it; the first 100 by id',
    labels: ['ledger', 'reason', 'remedy'],
  },
  limit: { help: 'Every limit of config.ts by its name, which ends in its unit', labels: ['limit'] },
} as const

/** Every histogram with its help text and bucket bounds. */
export const histogramHelp = {
  commit_seconds: {
    help: 'Time from the write of a group to its last sync',
    buckets: [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.25, 1],
  },
  group_lines: { help: 'Lines in one group', buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096] },
} as const

export type CounterName = keyof typeof counterHelp
export type LimitName = keyof typeof limitHelp
export type GaugeName = keyof typeof gaugeHelp
export type LabelledGaugeName = keyof typeof labelledGaugeHelp
export type HistogramName = keyof typeof histogramHelp

export interface Metrics {
  count(name: CounterName, amount?: number): void
  countError(code: ErrorCode): void
  /** A visitor ran into a limit. */
  countLimit(name: LimitName): void
  observe(name: HistogramName, value: number): void
  /** Registers what a gauge reads when the page is made. Several readers of one gauge add up; returns the unregisterer. */
  gauge(name: GaugeName, read: () => number): () => void
  /** The same for a gauge with labels, which has one reader. */
  labelledGauge(name: LabelledGaugeName, read: () => readonly GaugeSample[]): void
}

export interface GaugeSample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** The plain numbers behind the port, readable by whoever renders or tests them. */
export class MetricsBoard implements Metrics {
  readonly counters: Record<CounterName, number> = zeros(counterHelp)
  readonly limits: Record<LimitName, number> = zeros(limitHelp)
  readonly errors: Map<ErrorCode, number> = new Map()
  readonly #gauges = new Map<GaugeName, Set<() => number>>()
  readonly #labelledGauges = new Map<LabelledGaugeName, () => readonly GaugeSample[]>()
  readonly #observers: ((name: HistogramName, value: number) => void)[] = []

  count(name: CounterName, amount: number = 1): void {
    this.counters[name] += amount
  }

  countError(code: ErrorCode): void {
    this.errors.set(code, (this.errors.get(code) ?? 0) + 1)
  }

  countLimit(name: LimitName): void {
    this.limits[name] += 1
  }

  observe(name: HistogramName, value: number): void {
    for (const observer of this.#observers) observer(name, value)
  }

  gauge(name: GaugeName, read: () => number): () => void {
    const readers = this.#gauges.get(name) ?? new Set()
    this.#gauges.set(name, readers.add(read))
    return () => void readers.delete(read)
  }

  /** The present value of a gauge: the sum of its readers. */
  gaugeValue(name: GaugeName): number {
    let sum = 0
    for (const read of this.#gauges.get(name) ?? []) sum += read()
    return sum
  }

  labelledGauge(name: LabelledGaugeName, read: () => readonly GaugeSample[]): void {
    this.#labelledGauges.set(name, read)
  }

  /** The present samples of a gauge with labels; none when nobody reads it. */
  samplesOf(name: LabelledGaugeName): readonly GaugeSample[] {
    return this.#labelledGauges.get(name)?.() ?? []
  }

  onObserved(observer: (name: HistogramName, value: number) => void): void {
    this.#observers.push(observer)
  }
}

function zeros<Name extends string>(help: Readonly<Record<Name, string>>): Record<Name, number> {
  return Object.fromEntries(Object.keys(help).map((name) => [name, 0])) as Record<Name, number>
}
