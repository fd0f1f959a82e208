// A WebSocket whose messages pass the daemon's turnstile, and which is not read from while they wait there: what waits is
// bounded by what one read brought.
import { WebSocket } from 'ws'
import { Line, type Turnstile } from './turnstile.ts'

/** The class for a server's sockets. */
export function fairWebSocket(turnstile: Turnstile): typeof WebSocket {
  return class FairWebSocket extends WebSocket {
    readonly #line: Line = new Line((isWaiting) => this.#setWaiting(isWaiting))
    /** What its session wants, and whether messages of its wait: it is read from when neither speaks against it. */
    #isPausedByOwner = false
    #isWaiting = false

    override emit(event: string | symbol, ...details: unknown[]): boolean {
      const emit = (): boolean => super.emit(event, ...details)
      if (event === 'message') turnstile.pass(this.#line, bytesOf(details[0]), emit)
      // What came before the end is handled before it.
      else if (event === 'close' && this.#line.waiting.length > 0) turnstile.pass(this.#line, 0, emit)
      else return emit()
      return true
    }

    override pause(): void {
      this.#isPausedByOwner = true
      super.pause()
    }

    override resume(): void {
      this.#isPausedByOwner = false
      if (!this.#isWaiting) super.resume()
    }

    #setWaiting(isWaiting: boolean): void {
      this.#isWaiting = isWaiting
      if (isWaiting) super.pause()
      else if (!this.#isPausedByOwner) super.resume()
    }
  }
}

function bytesOf(data: unknown): number {
  return data instanceof Uint8Array ? data.length : 0
}
