// `ledgerd accept`: judges every window of an audio ledger. Thresholds judge music, never the record: a line that cannot be
// judged is said, and is neither accepted nor refused.
import { readFile } from 'node:fs/promises'
import { parse } from '@ledgerd/canonical'
import type { LedgerSchema } from '@ledgerd/schema'
import { LedgerError } from '@ledgerd/schema/errors'
import {
  type Acceptance,
  defaultThresholds,
  judgeAcceptance,
  scoresOf,
  type Thresholds,
} from '@ledgerd/schema-audio-jobs'
import { loadBuiltIn } from '../schemas/built-in.ts'
import { AcceptTally, formatSummary, formatVerdict, type JudgedWindow } from './accept-text.ts'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import { asCliError } from './file-bytes.ts'
import type { Io } from './io.ts'
import type { LineItem } from './line-item.ts'
import { linesOfFamily } from './lines-of-family.ts'
import { outputForm, type OutputFlags } from './output-flags.ts'

export interface AcceptFlags extends OutputFlags {
  readonly thresholds?: string
  readonly data?: string
  readonly url?: string
}

const family = 'audio-jobs'

/** Judges one ledger. Throws CliError and LedgerError when nothing could be judged: a gate passes nothing unseen. */
export async function runAccept(name: string, flags: AcceptFlags, io: Io): Promise<number> {
  const isJson = outputForm(flags) === 'json'
  const thresholds = flags.thresholds === undefined ? defaultThresholds : await readThresholds(flags.thresholds)
  const wanted = await loadBuiltIn(family)
  const options = { command: 'accept', family, wanted, otherFamilyExitCode: exitCodes.undecided } as const
  const tally = new AcceptTally()
  for await (const item of await linesOfFamily(name, flags, options, io)) {
    const judged = judgeLine(item, wanted, thresholds)
    tally.take(judged)
    if (typeof judged === 'string') continue
    if (isJson) await io.write(`${JSON.stringify(judged)}\n`)
    else if (!judged.isAccepted) await io.write(formatVerdict(judged))
  }
  const summary = tally.summary(name, judgeAcceptance({}, thresholds))
  await io.write(isJson ? `${JSON.stringify(summary)}\n` : formatSummary(summary))
  if (summary.windows === 0)
    throw new CliError(
      exitCodes.undecided,
      `${name} has no window that could be judged`,
      `see what is in it: ledgerd stats ${name}`,
    )
  if (summary.refused > 0) return exitCodes.no
  return summary.unreadable > 0 ? exitCodes.inconclusive : exitCodes.yes
}

/** `other` for review and tool rows and for windows of another version, whose scores may mean something else. */
function judgeLine(
  item: LineItem,
  schema: LedgerSchema,
  thresholds: Thresholds,
): JudgedWindow | 'other' | 'unreadable' {
  const result = parse(item.bytes, { allowNonFinite: true })
  if (!result.ok || result.root.kind !== 'object') return 'unreadable'
  let event: ReturnType<LedgerSchema['decode']>
  try {
    event = schema.decode(item.bytes)
  } catch (error) {
    if (error instanceof LedgerError) return 'unreadable'
    throw error
  }
  if (event.type !== 'window' || event.version !== 1) return 'other'
  const { isAccepted, metrics }: Acceptance = judgeAcceptance(scoresOf(result.root), thresholds)
  const { phase } = event.data as { readonly phase: string }
  const items = metrics.map(({ found, ...verdict }) => ({ ...verdict, found: found ?? null }))
  return { kind: 'acceptance', v: 1, seq: item.seq, job: event.link ?? '', phase, isAccepted, metrics: items }
}

/** Throws CliError for a file that cannot be read or is no JSON object, CONFIG_INVALID for thresholds that are none. */
async function readThresholds(file: string): Promise<Thresholds> {
  let value: unknown
  try {
    value = JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) throw new CliError(exitCodes.usage, `${file} is not JSON: ${error.message}`)
    throw asCliError(error, file)
  }
  const isObject = (one: unknown): boolean => typeof one === 'object' && one !== null && !Array.isArray(one)
  const parts = isObject(value) ? (value as Readonly<Record<string, unknown>>) : {}
  const { required, optional = {}, ...others } = parts
  const isWhole =
    [required, optional].every((part) => isObject(part) && Object.values(part as object).every(isObject)) &&
    Object.keys(others).length === 0
  if (!isWhole)
    throw new CliError(
      exitCodes.usage,
      `${file} holds no thresholds`,
      'write {"required": {"clap": {"atLeast": 0.35}}, "optional": {"loops": {"atMost": 6}}}',
    )
  const thresholds = { required, optional } as Thresholds
  try {
    judgeAcceptance({}, thresholds)
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error
    const sentence = error.message.slice(`${error.code}: `.length)
    throw new LedgerError('CONFIG_INVALID', `${file}: ${sentence}`, { details: error.details, cause: error })
  }
  return thresholds
}
