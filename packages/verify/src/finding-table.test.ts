// docs/findings.md is complete, and says the level that the code says.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { levelOf } from './level.ts'

const root = new URL('../../../', import.meta.url)

function sourceOf(folder: string): string {
  const names = readdirSync(new URL(folder, root)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  return names.map((name) => readFileSync(new URL(`${folder}/${name}`, root), 'utf8')).join('\n')
}

const rows = readFileSync(new URL('docs/findings.md', root), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const match = /^\| `([a-z0-9-]+)` +\| (\w+) +\| ([EWI](?:, [EWI])*) +\| (.+?) +\| (.+?) +\|$/.exec(line)
    return match === null ? [] : [{ code: match[1] ?? '', level: match[2], severity: match[3] }]
  })

describe('docs/findings.md', () => {
  const kebab = "'([a-z0-9]+(?:-[a-z0-9]+)*)'"
  const families = readdirSync(new URL('packages/schemas', root)).map((name) => `packages/schemas/${name}/src`)
  const made = ['packages/verify/src', ...families].flatMap((folder) =>
    [...sourceOf(folder).matchAll(new RegExp(`(?:code: |\\badd\\(\\s*|rule: )${kebab}`, 'g'))].map(
      (match) => match[1] ?? '',
    ),
  )
  const scanner = /type ScanFailureCode =([^\n]*(?:\n\s+\|[^\n]*)*)/.exec(sourceOf('packages/canonical/src'))?.[1] ?? ''
  const instants = [...sourceOf('packages/schema/src').matchAll(/'(timestamp-[a-z-]+)'/g)].map(
    (match) => match[1] ?? '',
  )
  const scanned = [...scanner.matchAll(new RegExp(kebab, 'g'))].map((match) => match[1] ?? '')
  const codes = new Set([...made, ...scanned, ...instants])

  it('lists every code that source makes', () => {
    expect(scanned.length).toBeGreaterThan(5)
    expect(instants.length).toBeGreaterThan(1)
    const known = new Set(rows.map((row) => row.code))
    expect([...codes].filter((code) => !known.has(code))).toEqual([])
  })

  it('is sorted, without repeats', () => {
    const names = rows.map((row) => row.code)
    expect(names).toEqual([...new Set(names)].toSorted())
  })

  it('names the level of each code', () => {
    expect(rows.filter((row) => row.level !== levelOf(row)).map((row) => row.code)).toEqual([])
  })
})
