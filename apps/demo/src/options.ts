// What `pnpm demo` can be told.

export interface DemoOptions {
  /** Recorded lines per second and game server; Infinity is as fast as receipts come. */
  readonly linesPerSecond: number
  /** Kill the daemon with SIGKILL in the middle of the session, and start it again. */
  readonly isKilling: boolean
  /** Leave the daemon running at the end, with the ledgers. */
  readonly isServing: boolean
  readonly isHelpWanted: boolean
}

export const usage = `pnpm demo [--speed N|max] [--kill] [--serve]

  --speed N    N times the usual pace; max is as fast as receipts come
  --kill       kill -9 the daemon in the middle of the session, and start it again
  --serve      leave the daemon running and say how to attach to it
  --help       this text`

const usualLinesPerSecond = 100

/** Throws with a sentence for the user when an argument makes no sense. */
export function parseOptions(args: readonly string[], isWatched: boolean): DemoOptions {
  const options = {
    linesPerSecond: isWatched ? usualLinesPerSecond : Number.POSITIVE_INFINITY,
    isKilling: false,
    isServing: false,
    isHelpWanted: false,
  }
  const rest = args.filter((argument) => argument !== '--')
  while (rest.length > 0) {
    const [name = '', inline] = (rest.shift() ?? '').split('=', 2)
    if (name === '--serve') options.isServing = true
    else if (name === '--kill') options.isKilling = true
    else if (name === '--help' || name === '-h') options.isHelpWanted = true
    else if (name === '--speed') options.linesPerSecond = parseSpeed(inline ?? rest.shift() ?? '')
    else throw new Error(`unknown argument ${name}`)
  }
  return options
}

function parseSpeed(text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY
  const factor = Number(text)
  if (!(factor > 0)) throw new Error('--speed takes a number above 0, or max')
  return factor * usualLinesPerSecond
}
