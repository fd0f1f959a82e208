// A small family for tests of the record engine: flat records under a hash, whose `count` must grow, in two versions.
import { formatNode, sha256Hex } from '@ledgerd/canonical'
import type { ObjectNode } from '@ledgerd/canonical'
import * as z from 'zod'
import { event } from '../src/event.ts'
import { float, int, text } from '../src/field.ts'
import { objectNode, textNode } from '../src/record/build-node.ts'
import { memberNode } from '../src/record/member-node.ts'
import type { Breach, RecordFormat, RecordRules } from '../src/record/record-format.ts'

const first = z.looseObject({ count: int() })
const second = z.looseObject({ count: int(), weight: float(), note: text().nullable() })

const events = {
  tallied: event(first).next(second, (old) => ({ ...old, weight: 0, note: null })),
} as const

export const tallyFormat: RecordFormat<typeof events> = {
  name: 'tally',
  version: '1.0.0',
  family: 'tally',
  events,
  profiles: ['plain'],
  line: { dialects: ['python'], identity: ['/id'], time: '/time', version: '/version' },
  links: {},
  dialect: 'python',
  isSpellingFixed: true,
  readsNonFinite: false,
  crlfSeverity: 'W',
  deriveEventId: (ledger, key) => sha256Hex(`${ledger}\n${key}`).slice(0, 32),
  judgeDraft({ data }) {
    return numberAt(data, 'count') === 13
      ? [{ code: 'count-unlucky', severity: 'E', path: '/data/count', message: 'No thirteen.' }]
      : []
  },
  compose({ data, id, type }, timeMs) {
    const body = objectNode({
      data,
      id: textNode(id),
      time: textNode(new Date(timeMs).toISOString()),
      type: textNode(type),
      version: { kind: 'number', lexeme: '2', start: -1, end: -1 },
    })
    return { ...body, members: [...body.members, { key: 'hash', keyStart: -1, value: textNode(hashOf(body)) }] }
  },
  view(record) {
    const [id, data, time] = [memberNode(record, 'id'), memberNode(record, 'data'), memberNode(record, 'time')]
    if (id?.kind !== 'string' || data?.kind !== 'object' || time?.kind !== 'string') return undefined
    const [type, version] = [memberNode(record, 'type'), numberAt(record, 'version') ?? 1]
    const name = type?.kind === 'string' ? type.value : ''
    return { eventId: id.value, type: name, version, link: null, time: time.value, meta: undefined, data }
  },
  judgeRecord(record) {
    const hash = memberNode(record, 'hash')
    const isRight = hash?.kind === 'string' && hash.value === hashOf(record)
    const wrong: Breach = { code: 'hash-mismatch', severity: 'E', path: '/hash', message: 'The hash is another.' }
    return { breaches: isRight ? [] : [wrong], variant: isRight ? 'plain' : undefined }
  },
  contentOf: (record) => ({ ...record, members: record.members.filter(({ key }) => key !== 'time' && key !== 'hash') }),
  openRules: () => growingCounts(),
  profileOf: () => ({ profile: 'plain' }),
}

function growingCounts(): RecordRules {
  let last = Number.NEGATIVE_INFINITY
  let lines = 0
  return {
    judge(record, { data }) {
      const count = numberAt(data, 'count') ?? 0
      if (count > last) return []
      return [
        { code: 'count-not-growing', severity: 'E', rule: 'T1_GROWS', path: '/data/count', message: 'Too small.' },
      ]
    },
    take(record, { data }) {
      const before = last
      last = numberAt(data, 'count') ?? last
      lines += 1
      return () => {
        last = before
        lines -= 1
      }
    },
    settleTime: (timeMs) =>
      lines < 3 ? timeMs + 1 : { code: 'tally-full', severity: 'E', message: 'Three lines are enough.' },
    finish: () =>
      lines === 1
        ? [{ code: 'tally-lonely', severity: 'W', message: 'Only one line.', place: { line: 1, offset: 0 } }]
        : [],
  }
}

function hashOf(record: ObjectNode): string {
  const text = formatNode(record, 'python', { omit: 'hash' })
  return text.ok ? sha256Hex(text.text) : ''
}

function numberAt(node: ObjectNode, key: string): number | undefined {
  const value = memberNode(node, key)
  return value?.kind === 'number' ? Number(value.lexeme) : undefined
}
