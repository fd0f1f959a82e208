// The stats of a ledger by its daemon: how it stands in the daemon's words, and its lines, counted here.
import { LedgerError } from '@ledgerd/schema/errors'
import { freeze } from '../schemas/freeze.ts'
import { isRaw, rawLines } from '../schemas/raw-lines.ts'
import { daemonAddress } from './daemon-address.ts'
import { type DaemonStat, statOfLedger, stoppedOf } from './daemon-stat.ts'
import { errorOfAnswer, httpCall } from './http-call.ts'
import type { Io } from './io.ts'
import { noticesOn } from './notice.ts'
import { Progress } from './progress.ts'
import { DaemonSchemas } from './schema-choice.ts'
import { type LineCount, openCount } from './stats-count.ts'
import type { Stats } from './stats-document.ts'
import type { StatsFlags } from './stats-run.ts'

const callTimeoutMs = 30_000
const bytesOnly = rawLines('any')

/** The ids of the daemon's ledgers, all of them or those that match. */
export async function ledgersOfDaemon(pattern: string | undefined, flags: StatsFlags, io: Io): Promise<string[]> {
  const path = pattern === undefined ? '/v1/ledgers' : `/v1/ledgers?pattern=${encodeURIComponent(pattern)}`
  const text = await ask(path, flags, io)
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { readonly ledger: string }).ledger)
}

/** Counts what the daemon gives out of a ledger, up to its size at the beginning. */
export async function statsOfDaemon(ledger: string, flags: StatsFlags, io: Io): Promise<Stats> {
  const stat = await statOfLedger(ledger, flags, io)
  const schema = await new DaemonSchemas(flags, io).of(ledger)
  const count = await openCount(ledger, schema)
  await countLines(count, stat, flags, io)
  const digest = isRaw(schema) ? null : freeze(schema).digest
  return {
    kind: 'stats',
    v: 1,
    target: ledger,
    schema: `${stat.schema} ${stat.schemaVersion ?? schema.version}`,
    schemaDigest: stat.schemaDigest ?? digest,
    epoch: stat.epoch,
    state: stat.state,
    stop: stoppedOf(stat) ?? null,
    tailBytes: 0,
    withheldLines: stat.size - count.lines,
    ...count.result(),
  }
}

async function countLines(
  count: LineCount,
  { ledger, size, bytes }: DaemonStat,
  flags: StatsFlags,
  io: Io,
): Promise<void> {
  if (size === 0) return
  const { url, token } = daemonAddress(flags, io.env)
  const signal = io.interrupted
  const { connect } = await import('@ledgerd/client')
  await using handle = connect({
    ledger,
    schema: bytesOnly,
    url,
    signal,
    ...(token === undefined ? {} : { token }),
  })
  const shown = { isQuiet: flags.quiet === true, isJson: flags.json === true, target: ledger, totalBytes: bytes }
  const progress = new Progress({ io, ...shown })
  try {
    for await (const { line } of handle.lines({ from: 'start', signal })) {
      count.take(line)
      progress.update(count)
      if (count.lines === size) return
    }
  } catch (error) {
    // What comes before the first wrong line is counted, and nothing of a ledger that cannot be opened; the daemon has said
    // why it stopped.
    if (!(error instanceof LedgerError) || !['INTEGRITY_BROKEN', 'LEDGER_STOPPED'].includes(error.code)) throw error
  } finally {
    progress.end()
  }
}

async function ask(path: string, flags: StatsFlags, io: Io): Promise<string> {
  const onSilence = noticesOn(io, flags)
  const call = { method: 'GET', path, timeoutMs: callTimeoutMs, signal: io.interrupted, onSilence } as const
  const answer = await httpCall(daemonAddress(flags, io.env), call)
  if (answer.status !== 200) throw errorOfAnswer(answer)
  return answer.body.toString()
}
