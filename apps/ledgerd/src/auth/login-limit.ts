// Failed logins per peer and minute. Right tokens are never counted, so nobody can lock out the owner of a token by
// guessing from elsewhere; from the same peer a right token still gets in.

const windowMs = 60_000
/** Peers remembered at once; beyond it the oldest is forgotten, which only ever errs in a guesser's favour. */
const peersMax = 4096

export class LoginLimit {
  readonly #failuresMax: number
  readonly #now: () => number
  /** Peer to the times of its failures, oldest peer first. */
  readonly #failures = new Map<string, number[]>()

  /** `now` is monotonic, in milliseconds. */
  constructor(failuresMax: number, now: () => number) {
    this.#failuresMax = failuresMax
    this.#now = now
  }

  /** Milliseconds until this peer may try again; 0 when it may now. */
  waitMs(peer: string): number {
    const recent = this.#recent(peer)
    return recent.length < this.#failuresMax ? 0 : Math.max(1, Math.ceil((recent[0] ?? 0) + windowMs - this.#now()))
  }

  recordFailure(peer: string): void {
    const recent = this.#recent(peer)
    this.#failures.delete(peer)
    this.#failures.set(peer, [...recent, this.#now()].slice(-this.#failuresMax))
    for (const oldest of this.#failures.keys()) {
      if (this.#failures.size <= peersMax) break
      this.#failures.delete(oldest)
    }
  }

  #recent(peer: string): number[] {
    const since = this.#now() - windowMs
    return (this.#failures.get(peer) ?? []).filter((time) => time > since)
  }
}
