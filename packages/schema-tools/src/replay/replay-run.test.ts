import { defineSchema, event, int, text } from '@ledgerd/schema'
import type { LedgerSchema } from '@ledgerd/schema'
import { describe, expect, it, vi } from 'vitest'
import * as z from 'zod'
import { checkCompatibility } from '../compat/check-compatibility.ts'
import { freezeSchema } from '../frozen/freeze-schema.ts'
import { ReplayRun } from './replay-run.ts'
import { settleByReplay } from './settle.ts'

// Documents by the thousand and modules to load: seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

const v1 = z.looseObject({ door: int() })
const v2 = z.looseObject({ door: int(), by: text().optional() })
const name = '@team/doors'
const old = defineSchema({ name, version: '1.0.0', events: { 'door.opened': event(v1) } }) as LedgerSchema
const next = defineSchema({
  name,
  version: '1.1.0',
  events: { 'door.opened': event(v1).next(v2, (before) => before) },
}) as LedgerSchema

const line = (data: unknown, type: string = 'door.opened'): Uint8Array =>
  new TextEncoder().encode(
    JSON.stringify({ data, id: '0'.repeat(32), link: null, meta: {}, time: '2026-03-01T10:00:00Z', type }).replaceAll(
      /([:,])(?=["\d{n])/g,
      '$1 ',
    ),
  )

function replay(lines: readonly Uint8Array[]): ReturnType<ReplayRun['finish']> {
  let count = 0
  const run = new ReplayRun(next, freezeSchema(old), { append: () => count++, root: () => `root of ${count}` })
  let offset = 0
  for (const one of lines) {
    run.take(one, offset)
    offset += one.length + 1
  }
  return run.finish('doors.jsonl', offset)
}

describe('stored lines under a new version', () => {
  it('fail with seq, offset and pointer', () => {
    const lines = [
      line({ door: 1 }),
      line({ door: 2, by: 7 }),
      line({ door: 3, by: 'Mira' }),
      new TextEncoder().encode('no line'),
    ]
    const { failed, failures, root, lines: count } = replay(lines)
    expect({ failed, count, root }).toEqual({ failed: 2, count: 4, root: 'root of 4' })
    expect(failures[0]).toMatchObject({ seq: 1, offset: (lines[0]?.length ?? 0) + 1, version: 1, path: '/by' })
    expect(failures[1]).toMatchObject({ seq: 3, type: undefined })
  })

  it('settle unknown, for these ledgers only', async () => {
    const report = await checkCompatibility(
      { frozen: freezeSchema(old) },
      { frozen: freezeSchema(next), events: next.events },
      { seed: 1, documents: 200 },
    )
    expect(report.verdict).toBe('unknown')
    expect(settleByReplay(report, [replay([line({ door: 1 })])])).toMatchObject({
      verdict: 'compatible',
      scope: 'ledgers',
    })
    expect(settleByReplay(report, [replay([line({ door: 1, by: 7 })])])).toMatchObject({
      verdict: 'incompatible',
      scope: 'ledgers',
    })
    expect(settleByReplay(report, [replay([])])).toMatchObject({ verdict: 'unknown', scope: 'all' })
  })

  it('of types that nobody declares are counted apart', () =>
    expect(replay([line({}, 'rain.fell')])).toMatchObject({ failed: 0, undeclared: 1 }))
})
