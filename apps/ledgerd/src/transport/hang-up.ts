// The end of a connection that was refused. Closing at once can take the answer with it when the peer has bytes under way
// that nobody read; waiting for the peer to hang up lets it hold the socket for ever. So: a last word, and then a while.
import type { Duplex } from 'node:stream'
import type { Timers } from '../ops/timers.ts'

/** Sends the last words, and cuts the connection when the peer has not hung up after `lingerMs`. */
export function hangUp(
  socket: Duplex,
  lastWords: string,
  { timers, lingerMs }: { readonly timers: Timers; readonly lingerMs: number },
): void {
  const cancel = timers.after(lingerMs, () => socket.destroy())
  socket.on('close', cancel)
  socket.end(lastWords)
}
