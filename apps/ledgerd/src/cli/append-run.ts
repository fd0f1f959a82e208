// `ledgerd append`: drafts to the daemon, receipts to stdout. A request that may have reached the daemon is sent again
// with the same identities until the deadline; what is then still unknown is said in words, with the command that
// settles it.
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { LineSplitter, isBlank } from '@ledgerd/canonical'
import { checkLedgerId } from '@ledgerd/protocol'
import { type ErrorDocument, LedgerError, parseError } from '@ledgerd/schema/errors'
import { CliError } from './cli-error.ts'
import { daemonAddress, type DaemonAddress } from './daemon-address.ts'
import { draftOfLine, draftOfParts, type WireDraft } from './draft-text.ts'
import { exitCodeOf, exitCodes } from './exit-code.ts'
import { asCliError } from './file-bytes.ts'
import { errorOfAnswer, httpCall } from './http-call.ts'
import type { Io } from './io.ts'
import { neutralize } from './neutralize.ts'
import { outputForm, type OutputFlags } from './output-flags.ts'
import { reportError } from './report-error.ts'

export interface AppendFlags extends OutputFlags {
  readonly link?: string
  readonly key?: string
  readonly meta?: string
  readonly expectSize?: string
  readonly batch?: boolean
  readonly data?: string
  readonly url?: string
}

export interface AppendInput {
  readonly ledger: string
  readonly type: string | undefined
  readonly data: string | undefined
}

/** What the daemon answers for one draft, and `--json` prints with its kind. */
export interface ReceiptLine {
  readonly ledger: string
  readonly seq: number
  readonly eventId: string
  readonly leafHash: string
  readonly duplicate: boolean
  readonly durable: string
  readonly epoch: number
}

const deadlineMs = 30_000
const retryMinMs = 100
const retryMaxMs = 5000
const requestBytesMax = 1 << 20
const requestLinesMax = 8192
const inputBytesMax = 16 << 20

/** Appends what was given. Throws CliError and LedgerError. */
export async function runAppend(input: AppendInput, flags: AppendFlags, io: Io): Promise<number> {
  checkLedgerId(input.ledger)
  const form = outputForm(flags)
  const address = daemonAddress(flags, io.env)
  const send = new Sender(input.ledger, address, form, flags, io)
  if (flags.batch !== true) {
    const draft = await oneDraft(input, flags, io)
    return await send.all([draft])
  }
  if (input.type !== undefined || flags.key !== undefined || flags.link !== undefined || flags.meta !== undefined)
    throw new CliError(
      exitCodes.usage,
      'with --batch each draft names its own type, key, link and meta',
      'ledgerd append LEDGER --batch < drafts.jsonl',
    )
  let exitCode: number = exitCodes.yes
  for await (const drafts of batches(input.ledger, io)) {
    exitCode = (await send.all(drafts)) || exitCode
    if (exitCode !== exitCodes.yes && exitCode !== exitCodes.no) break
  }
  return exitCode
}

async function oneDraft({ ledger, type, data }: AppendInput, flags: AppendFlags, io: Io): Promise<WireDraft> {
  if (type === undefined)
    throw new CliError(exitCodes.usage, 'an event needs its type', "ledgerd append LEDGER TYPE '{…}', or --batch")
  const meta = flags.meta === undefined ? undefined : Buffer.from(flags.meta)
  const parts = { type, data: await readData(data ?? '-', io), link: flags.link, key: flags.key, meta }
  return draftOfParts(ledger, parts, newEventId)
}

async function readData(data: string, io: Io): Promise<Uint8Array> {
  if (data.startsWith('@')) {
    try {
      return trimmed(readFileSync(data.slice(1)))
    } catch (error) {
      throw asCliError(error, data.slice(1))
    }
  }
  if (data !== '-') return Buffer.from(data)
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of io.stdin) {
    chunks.push(chunk)
    length += chunk.length
    if (length > inputBytesMax) throw new CliError(exitCodes.no, 'the payload on stdin is larger than any line may be')
  }
  return trimmed(Buffer.concat(chunks))
}

function trimmed(bytes: Uint8Array): Uint8Array {
  let end = bytes.length
  while (end > 0 && isBlank(bytes.subarray(end - 1, end).map((byte) => (byte === 0x0a ? 0x20 : byte)))) end--
  return bytes.subarray(0, end)
}

function newEventId(): string {
  return randomBytes(16).toString('hex')
}

/** Drafts from stdin in requests that the daemon takes. */
async function* batches(ledger: string, io: Io): AsyncGenerator<WireDraft[]> {
  const splitter = new LineSplitter({ lineBytesMax: inputBytesMax })
  let drafts: WireDraft[] = []
  let bytes = 0
  let number = 0
  const take = (line: Uint8Array): WireDraft[] | undefined => {
    number++
    if (isBlank(line)) return undefined
    const draft = draftOfLine(ledger, line.slice(), number, newEventId)
    const isFull = drafts.length === requestLinesMax || bytes + draft.bytes.length + 1 > requestBytesMax
    const full = isFull && drafts.length > 0 ? drafts : undefined
    if (full !== undefined) {
      drafts = []
      bytes = 0
    }
    drafts.push(draft)
    bytes += draft.bytes.length + 1
    return full
  }
  for await (const chunk of io.stdin) {
    for (const line of splitter.push(chunk)) {
      const full = take(line.bytes)
      if (full !== undefined) yield full
    }
  }
  const last = splitter.end()
  const full = last === undefined ? undefined : take(last.bytes)
  if (full !== undefined) yield full
  if (drafts.length > 0) yield drafts
}

class Sender {
  readonly #ledger: string
  readonly #address: DaemonAddress
  readonly #form: string
  readonly #flags: AppendFlags
  readonly #io: Io
  #requests = 0

  constructor(ledger: string, address: DaemonAddress, form: string, flags: AppendFlags, io: Io) {
    this.#ledger = ledger
    this.#address = address
    this.#form = form
    this.#flags = flags
    this.#io = io
  }

  /** Sends one request until it is answered; prints its receipts and refusals. */
  async all(drafts: readonly WireDraft[]): Promise<number> {
    const { expectSize } = this.#flags
    this.#requests++
    if (expectSize !== undefined && this.#requests > 1)
      throw new CliError(
        exitCodes.usage,
        '--expect-size holds for one request, and this batch needs more',
        'send less at a time',
      )
    if (expectSize !== undefined && !/^\d{1,15}$/.test(expectSize))
      throw new CliError(exitCodes.usage, `--expect-size takes a number of lines, not ${expectSize}`)
    const query = expectSize === undefined ? '' : `?expect-size=${expectSize}`
    const lineFeed = Uint8Array.of(0x0a)
    const body = Buffer.concat(drafts.flatMap((draft) => [draft.bytes, lineFeed]))
    try {
      const lines = await this.#untilAnswered(`/v1/ledgers/${this.#ledger}/append${query}`, body)
      return await this.#print(lines)
    } catch (error) {
      if (error instanceof LedgerError && error.outcome === 'unknown') this.#sayUnknown(drafts)
      return reportError(error, this.#io)
    }
  }

  async #untilAnswered(path: string, body: Uint8Array): Promise<string[]> {
    const { nowMs, interrupted: signal } = this.#io
    const untilMs = nowMs() + deadlineMs
    let delayMs = retryMinMs
    let mayBeThere = false
    for (;;) {
      let failure: LedgerError
      try {
        const answer = await httpCall(this.#address, {
          method: 'POST',
          path,
          body,
          timeoutMs: Math.max(1, untilMs - nowMs()),
          signal,
        })
        const lines = answer.body
          .toString()
          .split('\n')
          .filter((line) => line !== '')
        if (answer.status === 200 || isPerDraft(lines)) return lines
        failure = errorOfAnswer(answer)
      } catch (error) {
        if (!(error instanceof LedgerError)) throw error
        failure = error
      }
      mayBeThere ||= failure.outcome === 'unknown'
      const isNobodyThere = failure.code === 'UNREACHABLE' && !mayBeThere
      const waitMs = Math.max(delayMs, failure.retryAfterMs ?? 0)
      if (!failure.retryable || isNobodyThere || nowMs() + waitMs > untilMs)
        throw mayBeThere ? asUnknown(failure) : failure
      delayMs = Math.min(retryMaxMs, delayMs * 2)
      await sleep(waitMs, undefined, { signal }).catch(() => undefined) // Aborted: the next call says so.
    }
  }

  async #print(lines: readonly string[]): Promise<number> {
    let exitCode: number = exitCodes.yes
    for (const line of lines) {
      const document = JSON.parse(line) as ReceiptLine | { readonly error: ErrorDocument }
      if ('error' in document) {
        const error = parseError(document.error)
        if (exitCode === exitCodes.yes) exitCode = exitCodeOf[error.code]
        if (this.#form === 'json') await this.#io.write(`${JSON.stringify({ kind: 'refusal', v: 1, ...document })}\n`)
        reportError(error, this.#io)
      } else await this.#io.write(formatReceipt(document, this.#form))
    }
    return exitCode
  }

  #sayUnknown(drafts: readonly WireDraft[]): void {
    const [first] = drafts
    const what = drafts.length === 1 ? 'the event is' : `the ${drafts.length} events are`
    this.#io.say(
      `ledgerd: whether ${what} on disk is not known. See: ledgerd get ${this.#ledger} ${neutralize(first?.eventId ?? '')}\n`,
    )
  }
}

function isPerDraft(lines: readonly string[]): boolean {
  return lines.length > 1 || lines.some((line) => line.startsWith('{"ledger"'))
}

function asUnknown(error: LedgerError): LedgerError {
  const sentence = error.message.slice(error.code.length + 2)
  return new LedgerError(error.code, sentence, { outcome: 'unknown', details: error.details, cause: error })
}

function formatReceipt(receipt: ReceiptLine, form: string): string {
  const { ledger, seq, eventId, leafHash, durable, duplicate } = receipt
  if (form === 'json') return `${JSON.stringify({ kind: 'receipt', v: 1, ...receipt })}\n`
  if (form === 'plain') return `${[ledger, seq, eventId, leafHash, durable, duplicate].join('\t')}\n`
  return `${ledger} seq ${seq}  event ${eventId}  leaf ${leafHash}  durable ${durable}${duplicate ? '  duplicate' : ''}\n`
}
