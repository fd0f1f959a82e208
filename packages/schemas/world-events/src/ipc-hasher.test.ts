import { formatValue } from '@ledgerd/canonical'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { declaredType, resolutionType } from './events.ts'
import { ipcHash, IpcHasher } from './ipc-hash.ts'
import { ResolutionText } from './resolution-text.ts'

const encoder = new TextEncoder()
const resolution = new ResolutionText()
const hasher = new IpcHasher()

it('hashes the text of a resolution as its values, whatever other members stand between', () => {
  const name = fc.string({ unit: 'binary', maxLength: 4 }).filter((text) => text !== '__proto__')
  const scores = fc.dictionary(name, fc.double({ noNaN: true, noDefaultInfinity: true }), { noNullPrototype: true })
  const key = fc.constantFrom('', 'a', 'axis', 'c', 'channel ', 'd', 'grammar', 'h"', 'm\\', 'speakers', 'é')
  const others = fc.dictionary(key, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3, noNullPrototype: true })
  const input = fc.record({
    before: fc.dictionary(fc.constantFrom('7', '12', 'x', '"'), scores, { noNullPrototype: true }),
    channel: fc.constantFrom('say', 'yell', 'whisper'),
    grammar: fc.string({ unit: 'binary', maxLength: 5 }),
    ids: fc.tuple(fc.nat(99_999), fc.nat(99_999)),
    deltas: scores,
    others,
    isBare: fc.boolean(),
  })
  fc.assert(
    fc.property(input, ({ before, channel, grammar, ids: [speakerId, listenerId], deltas, others: more, isBare }) => {
      fc.pre(!JSON.stringify([before, deltas, more]).includes('__proto__'))
      const extra = isBare ? {} : more
      const party = { axis_deltas: deltas, character_name: 'x', ...extra }
      const data = {
        ...extra,
        axis_snapshot_before: before,
        channel,
        grammar_version: grammar,
        listener: { ...party, character_id: listenerId },
        speaker: { ...party, character_id: speakerId },
      }
      const plan = declaredType(resolutionType)?.plan ?? 'any'
      const bytes = encoder.encode(`.. ${formatValue(data, 'python', { plan })}`)
      expect(declaredType(resolutionType)?.shape.fits(bytes, 3, bytes.length)).toBe(true)
      resolution.read(bytes, 3)
      const want = ipcHash({
        world_id: 'inn',
        speaker_id: speakerId,
        listener_id: listenerId,
        channel,
        axis_snapshot_before: before,
        grammar_version: grammar,
      })
      expect(hasher.hashOf(resolution, encoder.encode('"inn"'))).toBe(want)
    }),
    { numRuns: 1000 },
  )
})
