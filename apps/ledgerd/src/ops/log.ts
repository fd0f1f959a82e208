// The daemon's log, as a port and its two forms. Off a terminal: JSON lines on stdout, one object each. On a terminal:
// short lines on stderr. Whatever came from outside cannot forge a line or move a cursor: only 0x20 to 0x7E leave this
// file, and each string is cut at 256 characters (reliability §7, last row). Payloads and tokens are never handed in.
import { pino } from 'pino'

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

export interface Log {
  /** `event` is a constant sentence; everything that varies goes into `fields`. */
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
}

type Level = 'info' | 'warn' | 'error'

export interface LogTarget {
  write(text: string): unknown
}

const fieldCharsMax = 256

/** JSON lines through pino, written by `target` before the call returns, so that none is lost at exit. */
export function jsonLog(target: LogTarget, now: () => number): Log {
  const ascii = { write: (line: string): void => void target.write(`${escapeUnprintable(line.slice(0, -1))}\n`) }
  const logger = pino(
    {
      base: null,
      formatters: { level: (level) => ({ level }) },
      timestamp: () => `,"time":"${new Date(now()).toISOString()}"`,
    },
    ascii,
  )
  const at =
    (level: Level) =>
    (event: string, fields: LogFields = {}) =>
      logger[level](cutFields(fields), event)
  return { info: at('info'), warn: at('warn'), error: at('error') }
}

/** Short lines for people. */
export function humanLog(target: LogTarget, now: () => number): Log {
  const at =
    (level: Level) =>
    (event: string, fields: LogFields = {}): void => {
      const clock = new Date(now()).toISOString().slice(11, 19)
      const pairs = Object.entries(cutFields(fields)).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
      const words = [clock, ...(level === 'info' ? [] : [level.toUpperCase()]), event, ...pairs]
      target.write(`${escapeUnprintable(words.join(' '))}\n`)
    }
  return { info: at('info'), warn: at('warn'), error: at('error') }
}

/** JSON lines on stdout, or short lines on stderr when stdout is a terminal and a person looks. */
export function processLog(isTerminal: boolean, now: () => number): Log {
  if (isTerminal) return humanLog(process.stderr, now)
  const stdout = pino.destination({ fd: 1, sync: true })
  // A log that nobody reads any more (a closed pipe) is no reason to stop serving.
  stdout.on('error', () => undefined)
  return jsonLog(stdout, now)
}

/** A log that says nothing, for whoever has none. */
export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} }

/** Everything outside 0x20 to 0x7E as `\uXXXX`, which is also how JSON spells it. */
export function escapeUnprintable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function cutFields(fields: LogFields): Record<string, string | number | boolean> {
  const cut: Record<string, string | number | boolean> = {}
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue
    cut[name] =
      typeof value === 'string' && value.length > fieldCharsMax ? `${value.slice(0, fieldCharsMax)}...` : value
  }
  return cut
}
