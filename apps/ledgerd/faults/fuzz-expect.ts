// What every target may say: a refusal is an answer, anything else that is thrown is a finding.
import { LedgerError } from '@ledgerd/schema'
import { CliError } from '../src/cli/cli-error.ts'

/** A promise that the input broke. */
export class FuzzBroken extends Error {}

export function promise(isKept: boolean, sentence: string): asserts isKept {
  if (!isKept) throw new FuzzBroken(sentence)
}

export function promiseSame(actual: unknown, expected: unknown, sentence: string): void {
  if (actual === expected) return
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)]
  promise(left === right, `${sentence}: ${left?.slice(0, 300)} and ${right?.slice(0, 300)}`)
}

/** The answer, or undefined when it was refused with a code. Everything else that is thrown goes on. */
export function answerOf<T>(ask: () => T): T | undefined {
  try {
    return ask()
  } catch (error) {
    if (error instanceof LedgerError || error instanceof CliError) return undefined
    throw error
  }
}

/** Several inputs out of one: cut at the byte 0xFF, which no text holds. */
export function partsOf(bytes: Uint8Array, count: number): Uint8Array[] {
  const parts: Uint8Array[] = []
  let from = 0
  while (parts.length < count - 1) {
    const at = bytes.indexOf(0xff, from)
    if (at < 0) break
    parts.push(bytes.subarray(from, at))
    from = at + 1
  }
  parts.push(bytes.subarray(from))
  while (parts.length < count) parts.push(new Uint8Array(0))
  return parts
}

/** Seeds as people write them. */
export function texts(...seeds: readonly string[]): Uint8Array[] {
  return seeds.map((seed) => Buffer.from(seed, 'utf8'))
}
