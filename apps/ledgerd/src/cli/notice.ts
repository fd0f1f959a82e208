// What a person is told on stderr while a command works: a sentence each, and none with -q.
import type { Io } from './io.ts'
import { neutralize } from './neutralize.ts'

/** Says sentences; they may hold what came from elsewhere. */
export function noticesOn(io: Io, flags: { readonly quiet?: boolean }): (sentence: string) => void {
  return (sentence) => {
    if (flags.quiet !== true) io.say(`ledgerd: ${neutralize(sentence)}\n`)
  }
}
