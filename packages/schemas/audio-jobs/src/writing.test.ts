// From draft to line and back: order, time, identity, and what counts as the same event.
import type { LineWriter } from '@ledgerd/schema'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { altered, encodeDraft, id, sampleWindow, sealDraft, sealedMs } from '../conformance/sample-window.ts'
import { audioJobs } from './audio-jobs.ts'
import { signRecord } from './sign-record.ts'
import { windowMembers } from './window-form.ts'

const encoder = new TextEncoder()
const seed: Uint8Array = new Uint8Array(32).fill(7)

function draftOf(data: Readonly<Record<string, unknown>>, draftId: string = id): Uint8Array {
  return encoder.encode(audioJobs.encodeDraft({ type: 'window', id: draftId, data }))
}

describe('the line of a window', () => {
  it("has the seed's members in its order, unknown ones behind, the signature last, and nested order as given", async () => {
    const { request, ...rest } = await signRecord(
      { zebra: 1, ...sampleWindow, ts: '2025-11-04T22:10:31Z', apple: { z: 1, a: 2.5 } },
      seed,
    )
    const line = sealDraft(audioJobs, draftOf({ ...rest, request }))
    const keys = Object.keys(JSON.parse(line) as object)
    expect(keys).toEqual([...windowMembers, 'zebra', 'apple', 'sign'])
    expect(line).toContain('"apple": {"z": 1, "a": 2.5}')
    expect(line).toContain('"request": {"prompt": "EDM rock – 日本語", "lyrics_sha256": ')
    expect(line).toContain('"deltas": [{"engine": "rvc", "op": "strength", "+0.1": true}]')
  })

  it("has the daemon's clock in whole seconds where the writer gives no time", () => {
    expect(JSON.parse(sealDraft(audioJobs, draftOf(sampleWindow), sealedMs))).toMatchObject({
      ts: '2025-11-04T22:10:31Z',
    })
    const own = { ...sampleWindow, ts: '2001-01-01T00:00:00Z' }
    expect(JSON.parse(sealDraft(audioJobs, draftOf(own), sealedMs))).toMatchObject({ ts: '2001-01-01T00:00:00Z' })
  })

  it('keeps the kind of every number, and odd keys', () => {
    const text = new TextDecoder()
      .decode(encodeDraft({ data: sampleWindow }))
      .replace('0.36', '36e-2')
      .replace('9031', '9031.0')
    const line = sealDraft(audioJobs, encoder.encode(text.replace('-14.5', '-14.0')))
    expect(line).toContain('"scores_after": {"clap": 0.36, "lufs": -14.0, "sync_ms": 64}')
    expect(line).toContain('"scene": 9031.0')
  })

  it('reads back as what was handed in', () => {
    const event = audioJobs.decode(encoder.encode(sealDraft(audioJobs, draftOf(sampleWindow))))
    expect(event).toMatchObject({
      type: 'window',
      version: 1,
      link: 'J_abc123',
      time: '2025-11-04T22:10:31Z',
      meta: {},
    })
    expect(event.data).toEqual({ ...sampleWindow, ts: '2025-11-04T22:10:31Z' })
  })

  it('of a row has its time first and every other member as given', () => {
    const row = { type: 'review', data: { scores: { audio: { lufs: -14 } }, ts: 'whenever', phase: 'review.loop#0' } }
    expect(sealDraft(audioJobs, encodeDraft(row))).toBe(
      '{"ts": "whenever", "scores": {"audio": {"lufs": -14}}, "phase": "review.loop#0"}',
    )
    const call = { type: 'tool', data: { ok: true, t: 1_767_225_600_000 } }
    expect(sealDraft(audioJobs, encodeDraft(call))).toBe('{"t": 1767225600000, "ok": true}')
  })
})

describe('the identity', () => {
  const writer: LineWriter = audioJobs.openWriter({ ledger: 'jobs/test' })
  const idOf = (data: Readonly<Record<string, unknown>>): string => writer.admit(draftOf(data)).eventId
  const lineOf = (data: Readonly<Record<string, unknown>>): Uint8Array =>
    encoder.encode(sealDraft(audioJobs, draftOf(data)))

  it('is found again from the line, whenever it was sealed and by which request', () => {
    const first = writer.admit(draftOf(sampleWindow))
    const again = writer.admit(draftOf(sampleWindow, 'b'.repeat(32)))
    expect(first.eventId).toMatch(/^[0-9a-f]{32}$/)
    expect(again.eventId).toBe(first.eventId)
    for (const timeMs of [sealedMs, sealedMs + 5000]) {
      const line = encoder.encode(sealDraft(audioJobs, draftOf(sampleWindow), timeMs))
      expect(audioJobs.eventIdOf(line)).toBe(first.eventId)
      expect(writer.isSameContent(again, line)).toBe(true)
    }
  })

  it('does not depend on the order of members', () => {
    const reversed = Object.fromEntries(Object.entries(sampleWindow).reverse())
    expect(idOf(reversed)).toBe(idOf(sampleWindow))
    expect(writer.isSameContent(writer.admit(draftOf(reversed)), lineOf(sampleWindow))).toBe(true)
  })

  it('changes with every member but the time of an unsigned window', () => {
    const ids = [
      ...[sampleWindow, altered('request.prompt', 'x'), altered('scores_after.clap', 0.37), altered('job_id', 'J2')],
      ...[{ ...sampleWindow, extra: null }, altered('phase', 'audio.window#3.refine#3')],
    ].map(idOf)
    expect(new Set(ids).size).toBe(6)
    expect(idOf({ ...sampleWindow, ts: '2001-01-01T00:00:00Z' })).toBe(ids[0])
  })

  it('of a signed window is what was signed, time included', async () => {
    const one = await signRecord({ ...sampleWindow, ts: '2025-11-04T22:10:31Z' }, seed)
    const later = await signRecord({ ...sampleWindow, ts: '2025-11-04T22:10:32Z' }, seed)
    expect(idOf(one)).toBe(one.sign.sha256.slice(7, 39))
    expect(new Set([idOf(one), idOf(later), idOf(sampleWindow)]).size).toBe(3)
  })

  it('under another signature is the same event with other content', async () => {
    const one = await signRecord({ ...sampleWindow, ts: '2025-11-04T22:10:31Z' }, seed)
    const other = await signRecord({ ...sampleWindow, ts: '2025-11-04T22:10:31Z' }, new Uint8Array(32).fill(8))
    expect(idOf(other)).toBe(idOf(one))
    expect(writer.isSameContent(writer.admit(draftOf(other)), lineOf(one))).toBe(false)
  })

  it('of rows holds their time', () => {
    const at = (ts: string): string => writer.admit(encodeDraft({ type: 'review', data: { ts, phase: 'x' } })).eventId
    expect(at('2026-01-01T00:00:00Z')).not.toBe(at('2026-01-01T00:00:01Z'))
  })

  it('of a stored record with half a surrogate pair exists', () => {
    expect(audioJobs.eventIdOf(encoder.encode('{"ts": "\\ud83d", "phase": "x"}'))).toMatch(/^[0-9a-f]{32}$/)
  })

  it('is that of the key where a key is given', () => {
    expect(audioJobs.deriveEventId('jobs/a', 'k')).toMatch(/^[0-9a-f]{32}$/)
    expect(audioJobs.deriveEventId('jobs/a', 'k')).not.toBe(audioJobs.deriveEventId('jobs/b', 'k'))
  })
})

describe('any prompt and any score', () => {
  it('come back from the line', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((value) => !/\p{Surrogate}/u.test(value))
    const score = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer())
    fc.assert(
      fc.property(text, score, (prompt, pitch) => {
        const data = altered('scores_after.pitch_dev_cents', pitch, altered('request.prompt', prompt))
        const line = encoder.encode(sealDraft(audioJobs, draftOf(data)))
        expect(audioJobs.decode(line).data).toEqual({ ...data, ts: '2025-11-04T22:10:31Z' })
      }),
    )
  })
})
