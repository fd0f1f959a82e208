// The pages of docs/operating do what they say: every command on them is run as it stands, by bash, with the built command
// line and real daemons, and prints what the page shows. Their tables name every figure, limit and reason there is.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultLimits } from '../src/config.ts'
import { stopReasons } from '../src/engine/stop-remedy.ts'
import { counterHelp, gaugeHelp, histogramHelp, labelledGaugeHelp } from '../src/ops/metrics.ts'
import { isMatch, type Printed, readPage, runPage } from '../test/doc-pages.ts'

const docs = path.join(import.meta.dirname, '../../../docs/operating')
const names = [
  'README',
  'backup',
  'disk-full',
  'metrics',
  'moving-hosts',
  'restore',
  'service',
  'tokens-and-tls',
] as const
/** Pages that show no `$` command: systemd, a registry, another machine's certificate. */
const proseOnly: ReadonlySet<string> = new Set(['metrics', 'service', 'tokens-and-tls'])
const pageTimeoutMs = 120_000

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-operating-'))
const pages = names.map((name) => readPage(docs, name, scratch))
const printed = new Map<string, readonly Printed[]>()
beforeAll(async () => {
  await Promise.all(
    pages
      .filter(({ name }) => !proseOnly.has(name))
      .map(async (page) => printed.set(page.name, await runPage(page, pageTimeoutMs))),
  )
}, pageTimeoutMs)
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))

it('has no page that is not run', () =>
  expect(fs.readdirSync(docs).toSorted()).toEqual(names.map((name) => `${name}.md`).toSorted()))

describe.each(pages)('docs/operating, $name', ({ name, steps, others }) => {
  it('has no block that nothing runs, and is listed', () => {
    expect(others).toEqual([])
    if (!proseOnly.has(name)) expect(steps.length).toBeGreaterThan(2)
    if (name !== 'README') expect(fs.readFileSync(path.join(docs, 'README.md'), 'utf8')).toContain(`(${name}.md)`)
  })

  for (const [index, { at, command, want }] of steps.entries())
    it(`${at}: ${command.slice(0, 90)}`, () => {
      const { lines, status } = printed.get(name)?.[index] ?? { lines: ['the page ended before'], status: 'none' }
      expect(status, lines.join('\n')).toBe('0')
      if (!isMatch(lines, want)) expect(lines).toEqual(want)
    })
})

/** What stands in backticks in the first cells of a page's tables. */
function firstCells(name: string, heading = ''): string[] {
  const page = fs.readFileSync(path.join(docs, `${name}.md`), 'utf8')
  const section = page.slice(page.indexOf(`\n## ${heading}`) + 1)
  const end = heading === '' ? -1 : section.indexOf('\n## ')
  const rows = (end < 0 ? section : section.slice(0, end)).matchAll(/^\| (`[^|]*`) +\|/gm)
  return [...rows].flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word))
}

describe('the tables', () => {
  const cells = firstCells('metrics')
  it('name every figure with its labels', () => {
    const figures = [
      ...Object.keys(counterHelp).map((name) => `ledgerd_${name}_total`),
      'ledgerd_errors_total{code}',
      'ledgerd_limits_hit_total{limit}',
      ...Object.keys(gaugeHelp).map((name) => `ledgerd_${name}`),
      ...Object.entries(labelledGaugeHelp).map(([name, { labels }]) => `ledgerd_${name}{${labels.join(', ')}}`),
      ...Object.keys(histogramHelp).map((name) => `ledgerd_${name}`),
    ]
    const named = cells.filter((cell) => /^ledgerd_[a-z_]+(\{[a-z, ]+\})?$/.test(cell))
    expect(named.toSorted()).toEqual(figures.toSorted())
  })

  it('name every limit with its value', () => {
    const text = fs.readFileSync(path.join(docs, 'metrics.md'), 'utf8')
    const rows = [...text.matchAll(/^\| `(\w+(?:Max|Min|Ms|Bytes))` +\| ([^|]+?) +\|/gm)]
    expect(Object.fromEntries(rows.map(([, name = '', value = '']) => [name, numberOf(value)]))).toEqual({
      ...defaultLimits,
    })
  })

  it('name every reason for which a ledger stops', () =>
    expect(firstCells('README', 'When a ledger stops').toSorted()).toEqual(stopReasons.toSorted()))

  it('name every reason of a refusal that passes', () => {
    const sources = sourcesBelow(path.join(import.meta.dirname, '../src')).filter((text) => text.includes("'BUSY'"))
    const reasons = sources.flatMap((text) =>
      [...text.matchAll(/reason: '([a-z-]+)'/g)].map(([, reason = '']) => reason),
    )
    expect(firstCells('README', 'When a request is refused for now').toSorted()).toEqual(
      [...new Set(reasons)].toSorted(),
    )
  })
})

function sourcesBelow(folder: string): string[] {
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return names
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => fs.readFileSync(path.join(folder, name), 'utf8'))
}

function numberOf(value: string): number {
  const [digits = '', unit = ''] = value.replaceAll(',', '').split(' ')
  const factors: Readonly<Record<string, number>> = { '': 1, ms: 1, s: 1000, KiB: 1024, MiB: 1 << 20 }
  return digits === 'none' ? Number.POSITIVE_INFINITY : Number(digits) * (factors[unit] ?? Number.NaN)
}
