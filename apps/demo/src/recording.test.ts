import { describe, expect, it } from 'vitest'
import { contentOf, draftText, parseRecordedLine, readRecording } from './recording.ts'

const line =
  '{"_checksum": "sha256:00", "data": {"a": 1.0, "s": ", \\"event_id\\": \\"x\\""}, "event_id": "x", "event_type": "t.u", ' +
  '"ipc_hash": null, "meta": {"k": 1e-05}, "schema_version": "1.0", "timestamp": "2026-01-01T00:00:00.000Z", "world_id": "w"}'

describe('draftText', () => {
  it('keeps every number as it was spelled', () => {
    expect(draftText(line)).toBe(
      '{"data": {"a": 1.0, "s": ", \\"event_id\\": \\"x\\""}, "id": "x", "link": null, "meta": {"k": 1e-05}, "type": "t.u"}',
    )
  })

  it('says of every awkward line what the line says', async () => {
    const lines = (await readRecording('src_flavour')).filter((text) => !text.includes('Infinity'))
    expect(lines).toHaveLength(818)
    for (const text of lines) expect(JSON.parse(draftText(text))).toEqual(parseRecordedLine(text))
  })
})

describe('contentOf', () => {
  it('leaves out checksum and time alone', () => {
    const later = line.replace('2026-01-01T00', '2027-02-02T11').replace('sha256:00', 'sha256:ff')
    expect(contentOf(later)).toBe(contentOf(line))
    expect(contentOf(line.replace('1.0', '1.1'))).not.toBe(contentOf(line))
  })
})
