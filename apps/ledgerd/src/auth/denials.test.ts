import { LedgerError } from '@ledgerd/schema'
import { describe, expect, it } from 'vitest'
import type { LogFields } from '../ops/log.ts'
import { Denials } from './denials.ts'

function open(): { denials: Denials; lines: string[]; clock: { nowMs: number } } {
  const lines: string[] = []
  const clock = { nowMs: 0 }
  const warn = (event: string, fields: LogFields = {}): void => void lines.push(`${event} ${JSON.stringify(fields)}`)
  const log = { info: warn, warn, error: warn }
  return { denials: new Denials({ log, now: () => clock.nowMs, loggedPerMinuteMax: 2 }), lines, clock }
}

const error = new LedgerError('FORBIDDEN', 'no')

describe('Denials', () => {
  it('tells so many in a minute, and in the next how many it left out', () => {
    const { denials, lines, clock } = open()
    for (let n = 0; n < 5; n++) denials.tell('denied', error, { peer: `p${n}` })
    clock.nowMs = 59_999
    denials.tell('denied', error, {})
    clock.nowMs = 60_000
    denials.tell('denied', error, { peer: 'later' })
    expect(lines).toEqual([
      'denied {"peer":"p0","reason":"FORBIDDEN: no"}',
      'denied {"peer":"p1","reason":"FORBIDDEN: no"}',
      'denials left out of the log {"denials":4}',
      'denied {"peer":"later","reason":"FORBIDDEN: no"}',
    ])
  })

  it('says nothing of a quiet minute', () => {
    const { denials, lines, clock } = open()
    denials.tell('denied', error, {})
    clock.nowMs = 600_000
    denials.tell('denied', error, {})
    expect(lines).toHaveLength(2)
  })
})
