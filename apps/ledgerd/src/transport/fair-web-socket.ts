// A WebSocket whose messages pass the daemon's turnstile, and which is not read from while they wait there: what waits is
// bounded by what one read brought.
import { WebSocket } from 'ws'
import { type Handle, Line, type Turnstile } from './turnstile.ts'

export interface FairWebSocket extends WebSocket {
  /** Said while a message is handled: the rest of it is handled in a later turn, before any other message of this peer. */
  handleRestLater(rest: Handle): void
}

/** The class for a server's sockets. */
export function fairWebSocket(turnstile: Turnstile): typeof WebSocket {
  return class extends WebSocket implements FairWebSocket {
    readonly #line: Line = new Line((isWaiting) => this.#setWaiting(isWaiting))
    /** What its session wants, and whether messages of its wait: it is read from when neither speaks against it. */
    #isPausedByOwner = false
    #isWaiting = false
    /** Of the message that is being handled. */
    #rest: Handle | undefined

    override emit(event: string | symbol, ...details: unknown[]): boolean {
      const handle = (): Handle | undefined => {
        super.emit(event, ...details)
        const rest = this.#rest
        this.#rest = undefined
        return rest
      }
      if (event === 'message') turnstile.pass(this.#line, bytesOf(details[0]), handle)
      // What came before the end is handled before it.
      else if (event === 'close' && this.#line.waiting.length > 0) turnstile.pass(this.#line, 0, handle)
      else return super.emit(event, ...details)
      return true
    }

    handleRestLater(rest: Handle): void {
      this.#rest = rest
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
