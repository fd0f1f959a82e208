// What shows only beside earlier records, in verify and when the daemon takes and forgets drafts.
import { parse } from '@ledgerd/canonical'
import type { ObjectNode } from '@ledgerd/canonical'
import type { RecordView } from '@ledgerd/schema'
import { describe, expect, it } from 'vitest'
import { brief, checkBytes } from '../conformance/check-file.ts'
import { altered } from '../conformance/sample-window.ts'
import { viewRecord } from './record-view.ts'
import { WindowRules } from './window-rules.ts'

const encoder = new TextEncoder()

/** A record of a job at a time, in one line. */
function line(job: string, refinement: number, ts: string): string {
  return JSON.stringify({ ...altered('job_id', job), phase: `audio.window#3.refine#${refinement}`, ts })
}

function record(text: string): { readonly node: ObjectNode; readonly view: RecordView } {
  const result = parse(encoder.encode(text))
  if (!result.ok || result.root.kind !== 'object') throw new Error('the record reads')
  const view = viewRecord(result.root)
  if (view === undefined) throw new Error('the record is an event')
  return { node: result.root, view }
}

describe('a file', () => {
  const cases = [
    {
      name: 'phases once, time that stands still and goes on',
      lines: [
        line('J', 1, '2025-01-01T00:00:01Z'),
        line('J', 2, '2025-01-01T00:00:01Z'),
        line('J', 3, '2025-01-01T00:00:02Z'),
      ],
      want: [],
    },
    {
      name: 'a phase twice in one job',
      lines: [
        line('J', 1, '2025-01-01T00:00:01Z'),
        line('K', 1, '2025-01-01T00:00:01Z'),
        line('J', 1, '2025-01-01T00:00:02Z'),
      ],
      want: ['duplicate-phase@3'],
    },
    {
      name: 'the very same line twice',
      lines: [line('J', 1, '2025-01-01T00:00:01Z'), line('J', 1, '2025-01-01T00:00:01Z')],
      want: ['duplicate-phase@2'],
    },
    {
      name: 'time going back within a job',
      lines: [
        line('J', 1, '2025-01-01T00:00:02Z'),
        line('J', 2, '2025-01-01T00:00:01Z'),
        line('J', 3, '2025-01-01T00:00:01Z'),
      ],
      want: ['timestamp-backwards@2'],
    },
    {
      name: 'time going back between jobs',
      lines: [line('J', 1, '2025-01-01T00:00:02Z'), line('K', 1, '2025-01-01T00:00:01Z')],
      want: [],
    },
    {
      name: 'zones and fractions compared as instants',
      lines: [
        line('J', 1, '2025-01-01T01:00:00.000000001+01:00'),
        line('J', 2, '2025-01-01T00:00:00Z'),
        line('J', 3, '2025-01-01T00:00:00.5Z'),
      ],
      want: ['timestamp-backwards@2'],
    },
    {
      name: 'rows repeated and in any order',
      lines: [
        '{"ts": "2025-01-02T00:00:00Z", "phase": "x"}',
        '{"ts": "2025-01-01T00:00:00Z", "phase": "x"}',
        '{"t": 2}',
        '{"t": 1}',
        '{"t": 1}',
      ],
      want: [],
    },
  ]
  for (const { name, lines, want } of cases)
    it(name, () => {
      const check = checkBytes(encoder.encode(lines.map((text) => `${text}\n`).join('')))
      expect(brief(check.findings, 'EWI')).toEqual(want)
      expect(check.findings.every(({ severity }) => severity === 'W')).toBe(true)
    })
})

describe('taking and forgetting', () => {
  it('leaves no trace, newest first', () => {
    const rules = new WindowRules()
    const [first, second] = [record(line('J', 1, '2025-01-01T00:00:05Z')), record(line('J', 2, '2025-01-01T00:00:09Z'))]
    const early = record(line('J', 1, '2025-01-01T00:00:01Z'))
    const codes = (): string[] => rules.judge(early.node, early.view).map(({ code }) => code)
    const undoFirst = rules.take(first.node, first.view)
    const undoSecond = rules.take(second.node, second.view)
    const undoAgain = rules.take(first.node, first.view)
    expect(codes()).toEqual(['duplicate-phase', 'timestamp-backwards'])
    undoAgain()
    expect(codes()).toEqual(['duplicate-phase', 'timestamp-backwards'])
    undoSecond()
    expect(rules.judge(second.node, second.view)).toEqual([])
    undoFirst()
    expect(codes()).toEqual([])
  })

  it('is bounded: a job long quiet is taken for a new one', () => {
    const rules = new WindowRules()
    const { node, view } = record(line('J', 1, '2025-01-01T00:00:05Z'))
    rules.take(node, view)
    const other = record(line('K', 1, '2025-01-01T00:00:05Z'))
    const job = other.node.members.find(({ key }) => key === 'job_id')!
    for (let i = 0; i < 65_536; i++) {
      job.value = { kind: 'string', value: `K${i}`, start: -1, end: -1 }
      rules.take(other.node, other.view)
    }
    const early = record(line('J', 2, '2025-01-01T00:00:01Z'))
    expect(rules.judge(early.node, early.view)).toEqual([])
  })
})
