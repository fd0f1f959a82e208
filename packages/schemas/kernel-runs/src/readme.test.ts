// The snippet of the README runs, and says what it claims to.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import * as kernelRunsPackage from './index.ts'

interface Outcome {
  readonly variant: string
  readonly findings: readonly unknown[]
  readonly eventId: string
  readonly data: kernelRunsPackage.LedgerEntry
  readonly entryHash: string
  readonly ledgerHash: string
}

it('runs the snippet', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const snippet = /```ts\n([^`]+)```/.exec(readme)?.[1] ?? ''
  const [header = '', ...body] = snippet.split('\n')
  const names = /^import (\{.+\}) from '@ledgerd\/schema-kernel-runs'$/.exec(header)?.[1]
  const code = `const ${names} = kernelRunsPackage\n${body.join('\n')}\nreturn { variant, findings, eventId, data, entryHash, ledgerHash }`
  // oxlint-disable-next-line typescript/no-implied-eval -- the README's own text is what is tested
  const run = new Function('kernelRunsPackage', code) as (names: unknown) => Outcome
  const { variant, findings, eventId, data, entryHash, ledgerHash } = run(kernelRunsPackage)
  expect({ variant, findings, eventId }).toEqual({ variant: 'seed', findings: [], eventId: 'run_abc123' })
  expect(data.bundle_sha256).toBe(kernelRunsPackage.canonicalHash({ steps: [] }))
  expect(entryHash).toBe(kernelRunsPackage.computeEntryHash(data))
  expect(ledgerHash).toBe(kernelRunsPackage.computeLedgerHash([data]))
})
