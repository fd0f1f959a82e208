// What is wrong with a schema package by itself, before it is compared with anything (schema-packages §9): constructs
// that leave no trace in the frozen form, and spellings that a validator's release could move.
import { lintModel } from '@ledgerd/schema'
import type { LedgerSchema } from '@ledgerd/schema'
import type { FrozenNode } from '../frozen/frozen-node.ts'
import { childNodes } from '../frozen/frozen-node.ts'
import { freezeModel } from '../frozen/freeze-model.ts'
import { typePointer } from '../compat/diff.ts'

export type LintRule =
  | 'MODEL_NOT_PLAIN'
  | 'NUMBER_UNTYPED'
  | 'DUPLICATE_ZOD'
  | 'PACKAGE_INCOMPLETE'
  | 'PACKAGE_MISNAMED'

export interface LintFinding {
  readonly rule: LintRule
  readonly severity: 'error' | 'warning'
  /** As in comparisons: `/events/<type>/…`, with `@<version>`; of package findings, into package.json. */
  readonly pointer: string
  readonly message: string
  readonly fix: string
}

/** The findings of every version of every type, in their order. */
export function lintSchema({ events }: Pick<LedgerSchema, 'events'>): readonly LintFinding[] {
  return Object.entries(events).flatMap(([type, { versions }]) =>
    versions.flatMap(({ model }, index) => {
      const place = (path: string): string => `${typePointer(type)}${path}@${index + 1}`
      const errors = lintModel(model).map(
        ({ path, message }): LintFinding => ({
          rule: 'MODEL_NOT_PLAIN',
          severity: 'error',
          pointer: place(path),
          message,
          fix: 'describe the value only; rules stand beside the model, defaults in upcasters',
        }),
      )
      return [...errors, ...untypedNumbers(freezeModel(model), '').map((path) => numberFinding(place(path)))]
    }),
  )
}

function numberFinding(pointer: string): LintFinding {
  return {
    rule: 'NUMBER_UNTYPED',
    severity: 'warning',
    pointer,
    message: 'z.number() does not say whether 1 is written 1 or 1.0',
    fix: 'use int(), float() or decimal() of @ledgerd/schema',
  }
}

function untypedNumbers(node: FrozenNode, path: string): readonly string[] {
  if (node.kind === 'number') return [path]
  return childNodes(node).flatMap(({ step, node: child }) =>
    untypedNumbers(child, step === '' ? path : `${path}/${step}`),
  )
}
