// UPCASTER_CHANGED: a published step that makes something else of its golden samples.
import type { GoldenSteps } from '../lock/golden.ts'
import { textOf } from '../frozen/union-form.ts'
import { runStep } from '../search/reading.ts'
import type { SchemaSide } from '../search/reading.ts'
import type { Change } from './change.ts'
import { typePointer } from './diff.ts'
import { ruleFacts } from './rules/rule-table.ts'

/** The published steps that answer differently; a step that fails now is found by the search. */
export function changedSteps(golden: GoldenSteps, next: SchemaSide): readonly Change[] {
  const changes: Change[] = []
  for (const [type, steps] of Object.entries(golden))
    for (const { from, to, cases } of steps) {
      const versions =
        next.events !== undefined && Object.hasOwn(next.events, type) ? next.events[type]?.versions : undefined
      const upcast = versions?.[from - 1]?.upcast
      if (upcast === undefined) continue
      for (const { old, new: published } of cases) {
        const result = runStep(upcast, structuredClone(old))
        const now = result.ok ? (JSON.parse(JSON.stringify(result.value)) as unknown) : undefined
        if (!result.ok || textOf(now) === textOf(published)) continue
        changes.push({
          rule: 'UPCASTER_CHANGED',
          pointer: `${typePointer(type)}@${from}`,
          old: published,
          new: now,
          backward: 'break',
          forward: 'ok',
          bump: ruleFacts.UPCASTER_CHANGED.bump,
          message: `the published step from ${from} to ${to} makes something else of ${textOf(old)}`,
        })
        break
      }
    }
  return changes
}
