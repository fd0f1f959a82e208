// The long form of the crash laboratory takes days of processor time, so it is run in shares: docs/long-form.json keeps what
// each run counted, and the table in docs/reliability.md shows their sum. Only `pnpm test:faults --long --keep` writes them.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readJson, repositoryRoot, toolEnvironment } from './workspace.mjs'

/** @typedef {{ suite: string, counts: Record<string, number>, violations: number, missed: string[], notRun: string[], seed: number, seconds: number }} KeptRow */
/** @typedef {{ date: string, commit: string, node: string, share: number, rows: KeptRow[] }} KeptRun `share` of the counts of reliability.md §11, 1 being all. */

const kept = join(repositoryRoot, 'docs/long-form.json')
const page = join(repositoryRoot, 'docs/reliability.md')
const begin = '<!-- long form -->'
const end = '<!-- end of the long form -->'

/** Figures that do not add up from run to run: the highest is shown. */
const isPeak = (/** @type {string} */ name) =>
  /a second|covered|kept|in all|p99|percent|most|MB|MiB|\bms\b|Ms$/.test(name)

/**
 * Adds one run to those kept, and its counts to the table.
 * @param {KeptRun} run
 */
export function keepRun(run) {
  const runs = [...readRuns(), run]
  writeFileSync(kept, `${JSON.stringify({ kind: 'long-form', v: 1, runs }, undefined, 1)}\n`)
  writeFileSync(page, replaceBetween(readFileSync(page, 'utf8'), longFormTable(runs)))
  spawnSync('biome', ['format', '--write', kept, page], {
    cwd: repositoryRoot,
    env: toolEnvironment,
    shell: process.platform === 'win32',
  })
}

/** @returns {KeptRun[]} */
export const readRuns = () => readJson(kept).runs

/** The table as docs/reliability.md has it, which a formatter may have aligned. */
export function shownTable() {
  const text = readFileSync(page, 'utf8')
  const table = text.slice(text.indexOf(begin) + begin.length, text.indexOf(end)).trim()
  return table.replaceAll(/ +\|/g, ' |').replaceAll(/-{3,}/g, '---')
}

/**
 * One row for each suite: how much of its long form was run, and what all runs of it counted together.
 * @param {readonly KeptRun[]} runs
 */
export function longFormTable(runs) {
  const suites = [...new Set(runs.flatMap(({ rows }) => rows.map(({ suite }) => suite)))].toSorted()
  const lines = suites.map((suite) => {
    const rows = runs.flatMap((run) => run.rows.filter((row) => row.suite === suite).map((row) => ({ ...row, run })))
    const ran = rows.filter(({ notRun }) => notRun.length === 0)
    const share = ran.reduce((sum, { run }) => sum + run.share, 0)
    const violations = rows.reduce((sum, row) => sum + row.violations + row.missed.length, 0)
    const hours = rows.reduce((sum, { seconds }) => sum + seconds, 0) / 3600
    const seeds = ran.map(({ seed }) => seed).join(', ') || '–'
    const cells = [suite, ofWhole(share), figures(ran), violations, seeds, `${hours.toFixed(2)} h`]
    return `| ${cells.join(' | ')} |`
  })
  const heads = ['suite', 'of the long form', 'counted', 'violations, missed guards', 'seeds', 'time']
  return [`| ${heads.join(' | ')} |`, `|${' --- |'.repeat(heads.length)}`, ...lines].join('\n')
}

/** @param {number} share */
function ofWhole(share) {
  return share >= 0.9995 ? 'whole' : `${(share * 100).toPrecision(2)} %`
}

/** @param {readonly KeptRow[]} rows */
function figures(rows) {
  /** @type {Map<string, number>} */
  const sums = new Map()
  for (const [name, count] of rows.flatMap(({ counts }) => Object.entries(counts))) {
    const before = sums.get(name) ?? 0
    sums.set(name, isPeak(name) ? Math.max(before, count) : before + count)
  }
  return [...sums].map(([name, count]) => `${count.toLocaleString('en')} ${name}`).join(', ') || '–'
}

/**
 * @param {string} text
 * @param {string} table
 */
function replaceBetween(text, table) {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/reliability.md lost its marks ${begin} and ${end}`)
  return `${text.slice(0, from + begin.length)}\n\n${table}\n\n${text.slice(to)}`
}
