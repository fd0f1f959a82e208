import { describe, expect, it } from 'vitest'
import { linesOf, readVector } from '../conformance/check-file.ts'
import { inWorkflowOrder } from './workflow-order.ts'

const at = (
  time: string,
  name: string,
  sequence?: number,
): { created_at: string; name: string; sequence_no?: number } => ({
  created_at: `2026-01-28T${time}`,
  name,
  ...(sequence === undefined ? {} : { sequence_no: sequence }),
})

describe('the order of a workflow', () => {
  const cases = [
    { name: 'is that of the numbers, whatever the times', input: [at('19:00:09Z', 'b', 2), at('19:00:10Z', 'a', 1)] },
    { name: 'is that of the times, where there are none', input: [at('19:00:10Z', 'b'), at('19:00:09Z', 'a')] },
    {
      name: 'takes times as instants, to the nanosecond',
      input: [at('20:00:00.000000002+01:00', 'b'), at('19:00:00.000000001Z', 'a'), at('19:00:00.5Z', 'c')],
    },
    { name: 'is that of the file, at one time', input: [at('19:00:00.5Z', 'a'), at('19:00:00.500Z', 'b')] },
    { name: 'is not told by some numbers', input: [at('19:00:10Z', 'b', 1), at('19:00:09Z', 'a')] },
    { name: 'begins with what has no time', input: [at('19:00:10Z', 'c'), at('soon', 'a'), at('later', 'b')] },
    { name: 'of nothing is nothing', input: [] },
  ]
  for (const { name, input } of cases)
    it(name, () => {
      const names = inWorkflowOrder(input).map((event) => event.name)
      expect(names.join('')).toBe('abc'.slice(0, input.length))
    })

  it('holds for the events of the fixtures, both ways', () => {
    const workflows = new Map<string, { created_at: string; sequence_no: number }[]>()
    for (const line of linesOf(readVector('event.jsonl'))) {
      const record = JSON.parse(new TextDecoder().decode(line)) as {
        readonly trace: { readonly workflow_id: string }
        readonly created_at: string
        readonly sequence_no: number
      }
      const { workflow_id: workflow } = record.trace
      workflows.set(workflow, [...(workflows.get(workflow) ?? []), record])
    }
    expect(workflows.size).toBe(16)
    for (const events of workflows.values()) {
      expect(inWorkflowOrder(events.toReversed())).toEqual(events)
      const unnumbered = events.map(({ created_at }) => ({ created_at }))
      expect(inWorkflowOrder(unnumbered)).toEqual(unnumbered)
    }
  })
})
