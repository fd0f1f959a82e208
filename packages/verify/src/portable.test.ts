import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

it('the package asks nothing of Node: it runs in a browser as it is', () => {
  const folder = new URL('.', import.meta.url)
  const sources = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  expect(sources.length).toBeGreaterThan(10)
  for (const name of sources) {
    const text = readFileSync(new URL(name, folder), 'utf8')
    expect(text, name).not.toMatch(/from 'node:|\bBuffer\.|\bprocess\.|require\(/)
  }
})
