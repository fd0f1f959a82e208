// The snippet of the README runs, and says what it claims to.
import { readFileSync } from 'node:fs'
import * as schemaPackage from '@ledgerd/schema'
import { expect, it, vi } from 'vitest'
import * as z from 'zod'
import type { CompatibilityReport } from './index.ts'
import * as toolsPackage from './index.ts'

// Documents by the thousand and modules to load: seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

interface Outcome {
  readonly report: CompatibilityReport
  readonly tried: CompatibilityReport['tried'][number]
  readonly files: ReadonlyMap<string, string>
}

it('runs the snippet', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const snippet = /```ts\n([^`]+)```/.exec(readme)?.[1] ?? ''
  const plain = snippet
    .replace(/^import (\{.+\}) from '@ledgerd\/schema'$/m, 'const $1 = schemaPackage')
    .replace(/^import (\{.+\}) from '@ledgerd\/schema-tools'$/m, 'const $1 = toolsPackage')
    .replace(/^import \* as z from 'zod'$/m, '')
  const code = `return (async () => {${plain}\nreturn { report, tried, files } })()`
  // oxlint-disable-next-line typescript/no-implied-eval -- the README's own text is what is tested
  const run = new Function('schemaPackage', 'toolsPackage', 'z', code) as (...names: unknown[]) => Promise<Outcome>
  const { report, tried, files } = await run(schemaPackage, toolsPackage, z)
  expect(report.verdict).toBe('incompatible')
  expect(tried.counterExample?.document).toEqual({ door: 0 })
  expect([...files.keys()]).toEqual(expect.arrayContaining(['ledger.schema.lock.json', 'generated/index.d.ts']))
})
