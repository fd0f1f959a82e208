// The snippet of the README runs, and says what it claims to.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import * as worldEventsPackage from './index.ts'

interface Outcome {
  readonly variant: string
  readonly findings: readonly unknown[]
  readonly line: string
}

it('runs the snippet', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const snippet = /```ts\n([^`]+)```/.exec(readme)?.[1] ?? ''
  const [header = '', ...body] = snippet.split('\n')
  const names = /^import (\{.+\}) from '@ledgerd\/schema-world-events'$/.exec(header)?.[1]
  const outcome = 'return { variant, findings, line: new TextDecoder().decode(target.subarray(0, end)) }'
  const code = `const ${names} = worldEventsPackage\n${body.join('\n')}\n${outcome}`
  // oxlint-disable-next-line typescript/no-implied-eval -- the README's own text is what is tested
  const run = new Function('worldEventsPackage', code) as (names: unknown) => Outcome
  const { variant, findings, line } = run(worldEventsPackage)
  expect({ variant, findings }).toEqual({ variant: 'both', findings: [] })
  expect(line).toMatch(/^\{"_checksum": "sha256:[0-9a-f]{64}", "data": \{.*"world_id": "inn"\}\n$/)
})
