// A client that posts one draft at a time over the local socket and writes down what it is told: a receipt, a refusal, or
// nothing, as the daemon died.
import http from 'node:http'
import type { KeptReceipt } from '@ledgerd/testkit'

export type PostAnswer =
  | { readonly kind: 'receipt'; readonly receipt: KeptReceipt & { readonly duplicate: boolean } }
  | {
      readonly kind: 'refused'
      readonly code: string
      readonly message: string
      readonly outcome: string | undefined
      readonly reason: unknown
    }
  | { readonly kind: 'silence' }

const timeoutMs = 60_000

export class PostingClient {
  readonly receipts: KeptReceipt[] = []
  /** Drafts by ledger and number, as they were sent. */
  readonly sent: Map<string, Set<number>> = new Map()
  readonly #socket: string

  constructor(socket: string) {
    this.#socket = socket
  }

  /** Identities that were ever sent. */
  get ids(): Set<string> {
    return new Set([...this.sent].flatMap(([ledger, numbers]) => [...numbers].map((n) => idIn(ledger, n))))
  }

  async post(ledger: string, n: number): Promise<PostAnswer> {
    const numbers = this.sent.get(ledger) ?? new Set()
    this.sent.set(ledger, numbers.add(n))
    const draft = { id: idIn(ledger, n), type: 'weather.changed', data: { sky: `number ${n}` } }
    const body = await this.#request(`/v1/ledgers/${ledger}/append`, JSON.stringify(draft))
    if (body === undefined) return { kind: 'silence' }
    const answer = JSON.parse(body.split('\n', 1)[0] ?? '') as Partial<KeptReceipt & { duplicate: boolean }> & {
      readonly error?: { code: string; message: string; outcome?: string; details?: Record<string, unknown> }
    }
    const { error } = answer
    if (error !== undefined) {
      const { code, message, outcome, details } = error
      return { kind: 'refused', code, message, outcome, reason: details?.['reason'] }
    }
    const receipt = answer as KeptReceipt & { duplicate: boolean }
    this.receipts.push(receipt)
    return { kind: 'receipt', receipt }
  }

  #request(path: string, body: string): Promise<string | undefined> {
    return new Promise((resolve) => {
      const request = http.request(
        { socketPath: this.#socket, path, method: 'POST', timeout: timeoutMs },
        (response) => {
          let text = ''
          response.setEncoding('utf8')
          response.on('data', (chunk: string) => {
            text += chunk
          })
          response.on('end', () => resolve(text))
          response.on('error', () => resolve(undefined))
        },
      )
      request.on('timeout', () => request.destroy())
      request.on('error', () => resolve(undefined))
      request.end(body)
    })
  }
}

/** The identity of a ledger's n-th draft, 32 hex digits. */
export function idIn(ledger: string, n: number): string {
  const name = Buffer.from(ledger).toString('hex').slice(-20).padStart(20, '0')
  return `${name}${n.toString(16).padStart(12, '0')}`
}
