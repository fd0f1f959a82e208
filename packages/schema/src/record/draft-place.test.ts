// Which place of a draft a refusal names for a place of the record made of it, in a flat family and in one whose record
// holds the payload under a member.
import { describe, expect, it } from 'vitest'
import { bytesOf, checkLine, errorOf, ledger, sealDraft, timeMs } from '../../test/line-desk.ts'
import { tallyFormat } from '../../test/tally-format.ts'
import { literalNode, objectNode, textNode } from './build-node.ts'
import { memberNode } from './member-node.ts'
import type { Breach, RecordFormat } from './record-format.ts'
import { recordSchema } from './record-schema.ts'

const id = 'a'.repeat(32)
const data = { count: 1, weight: 2, note: null, 'a/b~': [{ c: 1 }], name: 'x' }

/** Records are the payload with four members of the engine's own beside it; a name that is given stays. */
const flat: RecordFormat = {
  ...tallyFormat,
  typePath: '/kind',
  compose({ type, data: payload, id: draftId }, atMs) {
    const made = objectNode({
      id: textNode(draftId),
      kind: textNode(type),
      name: memberNode(payload, 'name') === undefined ? textNode('unnamed') : undefined,
      time: textNode(new Date(atMs).toISOString()),
      seal: objectNode({ hash: literalNode(null) }),
    })
    return { ...payload, members: [...payload.members, ...made.members] }
  },
  view(record) {
    const [draftId, time] = [memberNode(record, 'id'), memberNode(record, 'time')]
    if (draftId?.kind !== 'string' || time?.kind !== 'string') return undefined
    const route = { type: 'tallied', version: 2, link: null, meta: undefined }
    return { eventId: draftId.value, time: time.value, data: record, ...route }
  },
}

interface Case {
  readonly name: string
  readonly at: string | undefined
  readonly without?: string
  readonly want: string | undefined
}

const flatCases: readonly Case[] = [
  { name: 'a member', at: '/count', want: '/data/count' },
  { name: 'a member below', at: '/a~1b~0/0/c', want: '/data/a~1b~0/0/c' },
  { name: 'an item that is missing', at: '/a~1b~0/1', want: '/data/a~1b~0/1' },
  { name: 'a member that is missing', at: '/colour', want: '/data/colour' },
  { name: 'a member below one that is missing', at: '/colour/red', want: '/data/colour/red' },
  { name: 'the whole record', at: '', want: '/data' },
  { name: 'no place', at: undefined, want: undefined },
  { name: 'the identity', at: '/id', want: '/id' },
  { name: 'the type', at: '/kind', want: '/type' },
  { name: 'the time', at: '/time', want: undefined },
  { name: 'what was filled in', at: '/name', without: 'name', want: undefined },
  { name: 'what was given instead', at: '/name', want: '/data/name' },
  { name: 'a member of what was made', at: '/seal/hash', want: undefined },
]

const wrappedCases: readonly Case[] = [
  { name: 'a member of the payload', at: '/data/count', want: '/data/count' },
  { name: 'a member that is missing', at: '/data/colour', want: '/data/colour' },
  { name: 'the payload', at: '/data', want: '/data' },
  { name: 'the whole record', at: '', want: '' },
  { name: 'the identity', at: '/id', want: '/id' },
  { name: 'the type', at: '/type', want: '/type' },
  { name: 'a link that the draft does not have', at: '/link', want: '/link' },
  { name: 'a member of meta', at: '/meta/by', want: '/meta/by' },
  { name: 'the time', at: '/time', want: undefined },
  { name: 'a hash', at: '/hash', want: undefined },
]

describe.each([
  { family: 'a flat family', format: flat, cases: flatCases },
  { family: 'a family with the payload under a member', format: tallyFormat as RecordFormat, cases: wrappedCases },
])('$family', ({ format, cases }) => {
  it.each(cases)('names $name', ({ at, without, want }) => {
    const payload = Object.fromEntries(Object.entries(data).filter(([key]) => key !== without))
    const draft = { type: 'tallied', id, data: payload }
    const breach: Breach = {
      code: 'odd',
      severity: 'E',
      ...(at === undefined ? {} : { path: at }),
      message: `${at} is odd.`,
    }
    const text = bytesOf(recordSchema(format).encodeDraft(draft))

    const strict = recordSchema({ ...format, judgeRecord: () => ({ breaches: [breach], variant: undefined }) })
    const invalid = errorOf(() => strict.openWriter({ ledger }).admit(text))
    expect(invalid).toMatchObject({ code: 'SCHEMA_INVALID', details: { path: want ?? '' } })
    expect(invalid.details['issues']).toMatchObject([{ path: want ?? '' }])

    const quiet = { ...format, judgeRecord: () => ({ breaches: [], variant: undefined }) }
    for (const rules of [{ judge: () => [breach] }, { judge: () => [], settleTime: () => breach }]) {
      const ruled = recordSchema({ ...quiet, openRules: () => ({ take: () => () => undefined, ...rules }) })
      const admitted = ruled.openWriter({ ledger }).admit(text)
      const broken = errorOf(() => ruled.openRules!({ ledger }).take(admitted, { seq: 0, timeMs }))
      expect(broken.code).toBe('INVARIANT_VIOLATED')
      expect(broken.details['path']).toBe(want)
    }

    // A finding goes on pointing into the record.
    const line = sealDraft(recordSchema({ ...quiet, isSpellingFixed: false }), draft)
    const found = checkLine(strict, line).findings.find(({ code }) => code === 'odd')
    expect(found?.message).toBe(breach.message)
    expect(found?.path).toBe(at)
  })

  it('is in the words of the refusal, too', () => {
    const [{ at = '', want = '' } = {}] = cases
    const breach: Breach = { code: 'odd', severity: 'E', path: at, message: `At noon ${at} is odd, ${at}s are not.` }
    const text = bytesOf(recordSchema(format).encodeDraft({ type: 'tallied', id, data }))
    for (const [rule, words] of [
      [{}, `${want}: At noon ${want} is odd, ${at}s are not.`],
      [{ rule: 'R1' }, `INVARIANT_VIOLATED: At noon ${want} is odd, ${at}s are not.`],
    ] as const) {
      const judgeRecord = (): ReturnType<RecordFormat['judgeRecord']> => ({
        breaches: [{ ...breach, ...rule }],
        variant: undefined,
      })
      const strict = recordSchema({ ...format, judgeRecord })
      expect(errorOf(() => strict.openWriter({ ledger }).admit(text)).message).toContain(words)
    }
  })
})
