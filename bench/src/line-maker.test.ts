import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { linePattern, makeLine } from './line-maker.ts'

const recorded = Buffer.from(
  '{"_checksum": "sha256:0f29f4ead068d148bae6beb09ba3f7cbcfaf11abd51999a27837950a152bbac4", "data": {"axis_snapshot": {"demeanor": {"label": "timid", "score": 0.002}, "health": {"label": "wary", "score": 0.409}}, "channel": "say", "character_name": "渡辺 綾", "ic_output": null, "ooc_input": "", "status": "fallback.api_error"}, "event_id": "7a62b42146bc4fb2a128156b555330e0", "event_type": "chat.translation", "ipc_hash": null, "meta": {"phase": "pre_axis_engine"}, "schema_version": "1.0", "timestamp": "2026-11-20T17:42:01.961620+00:00", "world_id": "daily_undertaking"}',
)

describe('makeLine', () => {
  it('gives back the recorded line for its own id and world', () => {
    const pattern = linePattern(recorded, 'daily_undertaking')
    const same = `${pattern.beforeId}7a62b42146bc4fb2a128156b555330e0${pattern.afterId}`
    const checksum = createHash('sha256').update(same).digest('hex')
    expect(`{"_checksum": "sha256:${checksum}", ${same.slice(1)}`).toBe(recorded.toString())
  })

  it('changes id, world and checksum, and nothing else', () => {
    const line = makeLine(linePattern(recorded, 'bench'), 255)
    const made = JSON.parse(line) as Record<string, unknown>
    const { _checksum, ...rest } = JSON.parse(recorded.toString()) as Record<string, unknown>
    expect(made).toEqual({
      ...rest,
      _checksum: made._checksum,
      event_id: '000000000000000000000000000000ff',
      world_id: 'bench',
    })
    expect(made._checksum).not.toBe(_checksum)
    expect(line.endsWith('}\n')).toBe(true)
  })

  it('gives every serial its own id', () => {
    const pattern = linePattern(recorded, 'bench')
    expect(new Set([0, 1, 2 ** 32, 2 ** 40].map((serial) => makeLine(pattern, serial))).size).toBe(4)
  })

  it('refuses a line that is not in canonical order', () => {
    expect(() => linePattern(Buffer.from('{"data": {}}'), 'bench')).toThrow('begins with its checksum')
  })
})
