// Every limit of the daemon, with its unit in its name, and the code a caller gets when it is hit. Nothing else decides a bound.

export interface Limits {
  /** A sealed line without LF. LINE_TOO_LONG. proofs: the uint16 length of an entry bundle. */
  readonly lineBytesMax: number
  /** Nesting of a draft. VALUE_REFUSED. */
  readonly draftDepthMax: number
  /** Body of an append. BATCH_TOO_LARGE. */
  readonly batchBytesMax: number
  /** Drafts in one append. BATCH_TOO_LARGE. */
  readonly batchLinesMax: number
  /** What may lie above the committed end when a ledger is opened; more stops it. */
  readonly tailBytesMax: number
  /** One write and one sync hold at most this much. */
  readonly groupBytesMax: number
  /** Draft bytes waiting in one ledger, and in all. QUEUE_FULL. */
  readonly ledgerQueueBytesMax: number
  readonly queueBytesMax: number
  /** Groups up to this size are written and synced on the event loop when no other ledger is busy. */
  readonly inlineCommitBytesMax: number
  /** A lone group up to this size is committed there also while larger ones of other ledgers are under way. */
  readonly promptCommitBytesMax: number
  /** Ledgers known at once, held or at rest; the oldest idle one is forgotten. BUSY. */
  readonly openLedgersMax: number
  /** Ledgers that hold their files, locks and index at once; the idle one unused for longest is put to rest. BUSY. */
  readonly heldLedgersMax: number
  /** Nobody asked for so long, or up to twice that: then a ledger of at most so many lines is put to rest. */
  readonly restAfterMs: number
  readonly restLinesMax: number
  /** How long opening waits for another holder of the kernel lock. LEDGER_LOCKED. */
  readonly lockTimeoutMs: number
  /** How long the first request waits while a new file is checked; then reads go on, and appends get BUSY. */
  readonly openingPatienceMs: number
  readonly frameHeaderBytesMax: number
  /** Unacknowledged bytes of one stream. */
  readonly creditBytesMax: number
  /** One read of a range. */
  readonly readWindowBytes: number
  /** Windows that are kept while no stream uses them. */
  readonly spareWindowsMax: number
  /** Bodies of the frames that a window is sent in. */
  readonly linesFrameBytesMax: number
  readonly streamsPerConnectionMax: number
  /** Ledgers that one stream reads. REQUEST_INVALID at its start; one that appears later gets the status `closed`. */
  readonly ledgersPerStreamMax: number
  /** Ledgers followed at a time, counted once for each stream that follows them. RATE_LIMITED. */
  readonly followedLedgersMax: number
  /** Bytes waiting for a peer above which its streams pause, and above which nothing more is read from it. */
  readonly streamOutboxBytesMax: number
  readonly outboxBytesMax: number
  /** Requests of one connection without an answer; above it nothing more is read from the peer. */
  readonly requestsPerConnectionMax: number
  /** What one connection may send in one turn of the event loop without waiting for its turn. */
  readonly lightBytesMax: number
  /** Time spent in one turn on what is more than that, of all connections; one message is handled in any case. */
  readonly heavyTurnMs: number
  /** Draft bytes that one turn takes in of one request, if its drafts stand for themselves; the rest goes in later turns. */
  readonly appendPartBytesMax: number
  /** WebSocket connections in all. RATE_LIMITED, close 4429. */
  readonly connectionsMax: number
  /** Connections and HTTP requests of one token at a time. RATE_LIMITED, close 4429. */
  readonly connectionsPerPrincipalMax: number
  /** Sockets per listening address, whether they have said anything or not; more are dropped. */
  readonly socketsMax: number
  /** DEADLINE, close 4408. */
  readonly helloTimeoutMs: number
  readonly heartbeatMs: number
  /** HTTP 431. */
  readonly headersBytesMax: number
  readonly headersMax: number
  /** From the connection to the end of the headers, and of the body. HTTP 408. */
  readonly headersTimeoutMs: number
  readonly requestTimeoutMs: number
  /** How long a peer may take nothing of an answer that waits for it. DEADLINE in log and metrics; the connection is cut. */
  readonly answerStallMs: number
  /** How long a peer that was refused may take to hang up. */
  readonly lingerMs: number
  /** What is read and thrown away of a refused request's body: closing on unread bytes can take the answer with it. */
  readonly lingerBytesMax: number
  /** Failed logins per peer and minute. RATE_LIMITED. */
  readonly failedLoginsPerMinuteMax: number
  /** How often the token file is looked at, and expiry with it. UNAUTHENTICATED. */
  readonly tokenCheckMs: number
  /** Drafts of one token in a second, on average, unless its grant says otherwise; Infinity for no limit. RATE_LIMITED. */
  readonly draftsPerSecondMax: number
  /** Lines about refused visitors in the log; beyond it they are only counted. */
  readonly denialsLoggedPerMinuteMax: number
  /** From the start of serving until code that no ledger needed yet is loaded too. */
  readonly spareCodeDelayMs: number
  readonly drainTimeoutMs: number
  /** Below this no append is taken, and after a full disk a ledger goes on above it; how often that is looked at. BUSY. */
  readonly freeBytesMin: number
  readonly diskRetryMs: number
}

export const defaultLimits: Limits = {
  lineBytesMax: 65_535,
  draftDepthMax: 64,
  batchBytesMax: 1 << 20,
  batchLinesMax: 8192,
  tailBytesMax: 256 << 20,
  groupBytesMax: 4 << 20,
  ledgerQueueBytesMax: 8 << 20,
  queueBytesMax: 64 << 20,
  inlineCommitBytesMax: 64 << 10,
  promptCommitBytesMax: 8 << 10,
  openLedgersMax: 16_384,
  heldLedgersMax: 1024,
  restAfterMs: 60_000,
  restLinesMax: 65_536,
  lockTimeoutMs: 5000,
  openingPatienceMs: 1000,
  frameHeaderBytesMax: 65_535,
  creditBytesMax: 1 << 20,
  readWindowBytes: 256 << 10,
  spareWindowsMax: 8,
  linesFrameBytesMax: 32 << 10,
  streamsPerConnectionMax: 256,
  ledgersPerStreamMax: 16_384,
  followedLedgersMax: 262_144,
  streamOutboxBytesMax: 64 << 10,
  outboxBytesMax: 1 << 20,
  requestsPerConnectionMax: 4096,
  lightBytesMax: 8 << 10,
  heavyTurnMs: 1,
  appendPartBytesMax: 128 << 10,
  connectionsMax: 1024,
  connectionsPerPrincipalMax: 64,
  socketsMax: 2048,
  helloTimeoutMs: 3000,
  heartbeatMs: 5000,
  headersBytesMax: 8 << 10,
  headersMax: 64,
  headersTimeoutMs: 3000,
  requestTimeoutMs: 30_000,
  answerStallMs: 15_000,
  lingerMs: 2000,
  lingerBytesMax: 4 << 20,
  failedLoginsPerMinuteMax: 10,
  tokenCheckMs: 1000,
  draftsPerSecondMax: Number.POSITIVE_INFINITY,
  denialsLoggedPerMinuteMax: 120,
  spareCodeDelayMs: 10_000,
  drainTimeoutMs: 10_000,
  freeBytesMin: 64 << 20,
  diskRetryMs: 2000,
}

/**
 * What the second sync of a commit covers (reliability: commit). `head`: the head record. `same`: the ledger's file once more,
 * and the head record trails until the ledger is quiet. `none`: nothing, for comparison only; the head record trails too.
 */
export type SecondSync = 'head' | 'same' | 'none'
