import { describe, expect, it } from 'vitest'
import { activeEntity, activeMemory } from './active-version.ts'

const noon = Date.UTC(2026, 0, 1, 12)
const rows = [
  { memory_id: 'a', version: 1, is_active: true },
  { memory_id: 'b', version: 2, is_active: true, expires_at: '2026-01-01T12:00:00Z' },
]
const end = (type: string, id: string) => ({ event_type: type, payload: { memory_id: id } })

describe('activeMemory', () => {
  const ended = [end('MEMORY_DEACTIVATED', 'a')]
  const cases = [
    { name: 'the highest version', events: ended, timeMs: noon - 1, want: 'b' },
    { name: 'none from the moment it expires', events: ended, timeMs: noon, want: undefined },
    { name: 'none after an expiry event', events: [...ended, end('MEMORY_EXPIRED', 'b')], timeMs: 0, want: undefined },
    { name: 'what other events name stays', events: [end('MEMORY_CREATED', 'b')], timeMs: 0, want: 'b' },
  ]
  for (const { name, events, timeMs, want } of cases)
    it(name, () => expect(activeMemory(rows, events, timeMs)?.memory_id).toBe(want))

  it('at an earlier line is what that line knew', () => {
    expect(activeMemory(rows.slice(0, 1), [], noon)?.memory_id).toBe('a')
  })
})

describe('activeEntity', () => {
  it('is the highest version', () => {
    expect(activeEntity([{ version: 2 }, { version: 10 }, { version: 9 }], 0)).toEqual({ version: 10 })
    expect(activeEntity([], 0)).toBeUndefined()
  })
})
