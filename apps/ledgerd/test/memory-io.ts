// A process for commands under test: streams in memory, a clock that stands still, a terminal or not as wished.
import { ClosedPipe } from '../src/cli/cli-error.ts'
import type { Io } from '../src/cli/io.ts'
import { runCli } from '../src/cli/run-cli.ts'

export interface MemoryIoOptions {
  readonly stdin?: string | Uint8Array
  readonly isTerminal?: boolean
  readonly env?: Readonly<Record<string, string>>
  /** The reader of stdout leaves after that many writes. */
  readonly writesMax?: number
  readonly interrupted?: AbortSignal
  readonly nowMs?: () => number
  /** Called with all of stdout so far after each write. */
  readonly onOut?: (text: string) => void
  /** Called with all of stderr so far after each word. */
  readonly onErr?: (text: string) => void
}

export interface Outcome {
  readonly exitCode: number
  readonly out: string
  readonly bytes: Buffer
  readonly err: string
}

/** Runs one command line. */
export async function run(args: readonly string[], options: MemoryIoOptions = {}): Promise<Outcome> {
  const written: Buffer[] = []
  let err = ''
  const { isTerminal = false, stdin = '', env = {}, writesMax = Number.POSITIVE_INFINITY } = options
  const io: Io = {
    stdin: (async function* () {
      yield typeof stdin === 'string' ? Buffer.from(stdin) : stdin
    })(),
    write: (bytes) => {
      if (written.length >= writesMax) return Promise.reject(new ClosedPipe())
      written.push(Buffer.from(bytes))
      options.onOut?.(Buffer.concat(written).toString())
      return Promise.resolve()
    },
    say: (text) => {
      err += text
      options.onErr?.(err)
    },
    isOutTerminal: isTerminal,
    isErrTerminal: isTerminal,
    env: { NO_COLOR: '1', XDG_RUNTIME_DIR: '/nonexistent', ...env },
    nowMs: options.nowMs ?? (() => Date.parse('2026-03-01T10:00:00Z')),
    interrupted: options.interrupted ?? new AbortController().signal,
  }
  const exitCode = await runCli(args, io)
  const bytes = Buffer.concat(written)
  return { exitCode, out: bytes.toString(), bytes, err }
}
