// Query strings, held to what a route knows: nothing unknown, nothing twice, every value in its one form.
import { LedgerError } from '@ledgerd/schema/errors'
import type { StreamStart } from '@ledgerd/protocol'

export class Query {
  readonly #values = new Map<string, string>()

  /** Throws REQUEST_INVALID for a name that is not in `known` or comes twice. */
  constructor(text: string, known: readonly string[]) {
    for (const [name, value] of new URLSearchParams(text)) {
      if (!known.includes(name))
        throw refusal(`this route takes ${known.length === 0 ? 'no parameters' : known.join(', ')}`)
      if (this.#values.has(name)) throw refusal(`${name} is given twice`)
      this.#values.set(name, value)
    }
  }

  text(name: string): string | undefined {
    return this.#values.get(name)
  }

  flag(name: string): boolean {
    const value = this.#values.get(name)
    if (value !== undefined && value !== 'true' && value !== 'false') throw refusal(`${name} is true or false`)
    return value === 'true'
  }

  /** A safe integer from `min`. */
  number(name: string, min: number): number | undefined {
    const value = this.#values.get(name)
    if (value === undefined) return undefined
    const number = Number(value)
    if (!/^\d{1,16}$/.test(value) || !Number.isSafeInteger(number) || number < min)
      throw refusal(`${name} is a whole number from ${min} to ${Number.MAX_SAFE_INTEGER}`)
    return number
  }

  /** Names joined by commas. */
  list(name: string): string[] | undefined {
    const names = this.#values.get(name)?.split(',')
    if (names?.includes('') === true) throw refusal(`${name} is one or more names joined by commas`)
    return names
  }

  /** `start`, `end`, a cursor, a negative number of lines, or `@<RFC 3339>`, whose + may stand there unescaped. */
  start(name: string): StreamStart {
    const value = this.#values.get(name) ?? 'start'
    if (value === 'start' || value === 'end') return value
    const time = /^@(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[ +-]\d{2}:\d{2})$/.exec(value)
    if (time !== null) return { time: `${time[1]}${time[2]?.replace(' ', '+')}` }
    const number = Number(value)
    if (/^-?\d{1,16}$/.test(value) && Number.isSafeInteger(number)) return number
    throw refusal(
      `${name} is start, end, a number, a negative number of lines from the end, or @ and a time such as @2026-03-01T10:00:00Z`,
    )
  }
}

/** For routes that take none. Throws REQUEST_INVALID. */
export function requireNoParameters(text: string): void {
  new Query(text, [])
}

function refusal(sentence: string): LedgerError {
  return new LedgerError('REQUEST_INVALID', sentence)
}
