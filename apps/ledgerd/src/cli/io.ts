// What a command may touch of the process, so that commands run in tests as they run in a shell: stdout is data, stderr
// is talk, and a closed stdout is an exception of its own.

export interface Io {
  readonly stdin: AsyncIterable<Uint8Array>
  /** Writes data; waits when the reader is slow. Throws ClosedPipe. */
  write(bytes: Uint8Array | string): Promise<void>
  /** Writes talk. */
  say(text: string): void
  readonly isOutTerminal: boolean
  readonly isErrTerminal: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  readonly nowMs: () => number
  /** Aborted by SIGINT or SIGTERM; the reason is the signal's name. */
  readonly interrupted: AbortSignal
}

/** The exit code that a signal asks for. */
export function exitCodeOfSignal(signal: AbortSignal): 130 | 143 {
  return signal.reason === 'SIGTERM' ? 143 : 130
}
