import { describe, expect, it } from 'vitest'
import { StopSignal } from '../storage/stop-signal.ts'
import { stopFactsOf, stoppedError } from './stop.ts'
import { stopReasons } from './stop-remedy.ts'

const since = '2026-01-01T00:00:00.500Z'
const codes: Readonly<Record<string, string>> = { 'disk-full': 'BUSY', 'schema-unknown': 'SCHEMA_UNKNOWN' }
const repair = 'ledgerd repair worlds/hall --data DIR'
/** What shows why, where it is not `verify`. */
const commands: Readonly<Record<string, string>> = {
  'tail-too-large': repair,
  'tail-in-doubt': repair,
  'damage-without-head': repair,
}
const withoutCommand: ReadonlySet<string> = new Set(['disk-full', 'schema-unknown', 'schema-contradicted'])

describe('the refusal of a stopped ledger', () => {
  it.each(stopReasons)('says which, why, since when and what to do: %s', (reason) => {
    const stop = new StopSignal(reason, 'what was seen')
    stop.sinceMs = Date.parse(since)
    const { remedy } = stopFactsOf(stop)
    const error = stoppedError('worlds/hall', stop, 'unknown')
    expect(error).toMatchObject({
      ...{ code: codes[reason] ?? 'LEDGER_STOPPED', outcome: 'unknown', retryable: reason === 'disk-full' },
      details: { reason, since, remedy },
    })
    const command = withoutCommand.has(reason) ? undefined : (commands[reason] ?? 'ledgerd verify worlds/hall')
    expect(error.details['command']).toBe(command)
    expect(error.message).toContain(`worlds/hall takes no appends since ${since}: ${reason}, what was seen; ${remedy}`)
  })
})
