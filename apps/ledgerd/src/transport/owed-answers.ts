// Which answers a connection still owes. A refusal of what stands behind a request must not be taken for the answer to it:
// the one says that nothing was recorded while the other records.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

export class OwedAnswers {
  /** Of each connection, in the order of the requests. */
  readonly #exchanges = new WeakMap<Duplex, Exchange[]>()

  begin(request: IncomingMessage, response: ServerResponse): void {
    const open = this.#exchanges.get(request.socket) ?? []
    this.#exchanges.set(request.socket, open)
    const exchange = { request, response }
    open.push(exchange)
    response.on('close', () => open.splice(open.indexOf(exchange), 1))
  }

  /** Runs `then` once every request that came whole is answered. Nothing is recorded of one that did not. */
  afterAnswers(socket: Duplex, then: () => void): void {
    const last = this.#exchanges.get(socket)?.findLast(({ request }) => request.complete)
    if (last === undefined) then()
    else last.response.on('close', then)
  }
}
