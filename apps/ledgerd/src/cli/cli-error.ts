// A failure of a command as people meet it: one sentence, the exit code, and the next command to try.

export class CliError extends Error {
  override readonly name: string = 'CliError'
  readonly exitCode: number
  /** A command or a flag to try next. */
  readonly hint: string | undefined

  constructor(exitCode: number, sentence: string, hint?: string, cause?: unknown) {
    super(sentence, cause === undefined ? undefined : { cause })
    this.exitCode = exitCode
    this.hint = hint
  }
}

/** The reader of stdout has gone. Ends the process without a word. */
export class ClosedPipe extends Error {
  override readonly name: string = 'ClosedPipe'
}
