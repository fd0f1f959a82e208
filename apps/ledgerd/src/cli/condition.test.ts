import { describe, expect, it } from 'vitest'
import type { LedgerSchema } from '@ledgerd/schema'
import { CliError } from './cli-error.ts'
import { holds, parseCondition } from './condition.ts'
import { RecordValues } from './record-value.ts'

const event = { eventId: 'e1', type: 'chat', time: '2026-03-01T10:00:00.5Z', link: null }
const schema = { decode: () => event } as unknown as LedgerSchema
const bytes = Buffer.from(
  '{"data": {"status": "ok", "score": 0.50, "big": 9007199254740993, "n": null, "yes": true, "text": "7", "empty": "",' +
    ' "at": "2026-03-01T11:00:00.000000001+01:00", "list": [{"y": 2}], "-0": -0.0}}',
)
const values = new RecordValues({ ledger: 'worlds/a', seq: 41, offset: undefined, bytes, schema })

const table: readonly { name: string; want: boolean }[] = [
  { name: 'data.status = ok', want: true },
  { name: 'data.status=ok', want: true },
  { name: 'data.status = "ok"', want: true },
  { name: "data.status != 'ok'", want: false },
  { name: 'data.status > o', want: true },
  { name: 'data.score = 0.5', want: true },
  { name: 'data.score = 5e-1', want: true },
  { name: 'data.score >= 0.5', want: true },
  { name: 'data.score > 0.5', want: false },
  { name: 'data.score < 0.6', want: true },
  { name: 'data.score <= 0.4', want: false },
  { name: 'data.score = "0.5"', want: false },
  { name: 'data.score != "0.5"', want: true },
  { name: 'data.score < text', want: false },
  { name: 'data.big = 9007199254740993', want: true },
  { name: 'data.big > 9007199254740992', want: true },
  { name: 'data.n = null', want: true },
  { name: 'data.n != null', want: false },
  { name: 'data.yes = true', want: true },
  { name: 'data.yes = "true"', want: false },
  { name: 'data.text = 7', want: true },
  { name: 'data.list.0.y = 2', want: true },
  { name: 'data.list = 2', want: false },
  { name: 'data.at = 2026-03-01T10:00:00.000000001Z', want: true },
  { name: 'data.at > 2026-03-01T10:00:00Z', want: true },
  { name: 'data.at < 2026-03-01T10:00:00.1Z', want: true },
  { name: 'data.missing = x', want: false },
  { name: 'data.missing != x', want: false },
  { name: 'data.status', want: true },
  { name: 'data.missing', want: false },
  { name: '!data.missing', want: true },
  { name: '! data.status', want: false },
  { name: 'seq >= 41', want: true },
  { name: 'seq < 5', want: false },
  { name: 'type = chat', want: true },
  { name: 'time < 2026-03-01T10:00:01Z', want: true },
  { name: '!link', want: true },
  { name: 'link', want: false },
]

describe('conditions', () => {
  for (const { name, want } of table) it(name, () => expect(holds(parseCondition(name), values)).toBe(want))

  for (const source of ['', ' ', '=', '= 1', 'a =', 'a b = 1', 'a = "b', '!', '!!a', 'a.. = 1', '.a', 'a == 1']) {
    it(`refuses ${JSON.stringify(source)}`, () => expect(() => parseCondition(source)).toThrow(CliError))
  }
})
