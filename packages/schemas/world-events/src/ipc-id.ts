// Identities of a model call, as the library behind the original computes them (formats §2.6): prompt hash, output
// hash and the id of the whole call. Python's idea of white space and line breaks differs from JavaScript's.
import { pythonFloat, sha256Hex } from '@ledgerd/canonical'

export interface ModelCall {
  readonly input_hash: string
  readonly system_prompt_hash: string
  readonly model: string
  readonly temperature: number
  readonly max_tokens: number
  readonly seed: number | bigint
}

/** The id of a model call: 64 hex digits. */
export function ipcId(call: ModelCall): string {
  const { input_hash, system_prompt_hash, model, temperature, max_tokens, seed } = call
  return sha256Hex([input_hash, system_prompt_hash, model, pythonFloat(temperature), max_tokens, seed].join(':'))
}

/** The hash of a system prompt; indentation, trailing blanks and the kind of line break do not count. */
export function promptHash(prompt: string): string {
  const lines = splitLines(prompt).map(strip)
  return sha256Hex(strip(lines.join('\n')))
}

/** The hash of a model's output; runs of spaces count as one, other white space is kept. */
export function outputHash(output: string): string {
  return sha256Hex(strip(output).replaceAll(/ +/g, ' '))
}

// Code points that str.isspace() accepts, and that str.splitlines() breaks at. Written as escapes on purpose.
const space = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
const leading = new RegExp(`^[${space}]+`)
const lineBreak = /\r\n|[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]/

/** Python's str.splitlines(): a final line break does not open another line. */
function splitLines(text: string): string[] {
  const lines = text.split(lineBreak)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** Python's str.strip(). The end is searched by hand: a pattern anchored there would be quadratic. */
function strip(text: string): string {
  const start = text.replace(leading, '')
  let end = start.length
  while (end > 0 && isSpace(start.charCodeAt(end - 1))) end--
  return start.slice(0, end)
}

const spaceUnit = new RegExp(`[${space}]`)

function isSpace(unit: number): boolean {
  return spaceUnit.test(String.fromCharCode(unit))
}
