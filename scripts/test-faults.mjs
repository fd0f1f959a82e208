// Runs the crash laboratory (apps/ledgerd/faults) and prints one table: suite, counts, violations, what
// could not run and why, seed, duration. Exit 1 on any violation, missed guard or suite that left no report.
// --long counts as the long form wants, --scale=0.1 a tenth of either; --keep adds what a share of the long form found to
// docs/reliability.md. Other arguments choose suites by file name.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keepRun } from './long-form.mjs'
import { readJson, repositoryRoot, toolEnvironment } from './workspace.mjs'

/** @typedef {{ suite: string, counts: Record<string, number>, violationCount: number, violations: { kind: string, ledger: string, sentence: string }[], missed: string[], notRun: string[], seed: number, lost: number, gone: number, seconds: number }} Row */

const given = process.argv.slice(2)
const gate = given.includes('--long') ? 'long' : 'faults'
const scale = given.flatMap((argument) => /^--scale=(.+)$/.exec(argument)?.[1] ?? [])[0] ?? '1'
const isKept = gate === 'long' && given.includes('--keep')
const chosen = given.filter((argument) => !argument.startsWith('--'))
const reports = mkdtempSync(join(tmpdir(), 'ledgerd-faults-'))
const started = performance.now()

try {
  const isBuilt = run(process.execPath, ['scripts/build.mjs']) === 0
  const status = isBuilt ? run('vitest', ['run', '--config', 'apps/ledgerd/faults/vitest.config.ts', ...chosen]) : 1
  process.exitCode = report(status)
} finally {
  rmSync(reports, { recursive: true, force: true })
}

/** @param {number} status */
function report(status) {
  const rows = readdirSync(reports)
    .toSorted()
    .map((name) => /** @type {Row} */ (readJson(join(reports, name))))
  for (const { suite, counts, violationCount, missed, notRun, seed, seconds } of rows) {
    const figures = Object.entries(counts).map(([name, count]) => `${count.toLocaleString('en')} ${name}`)
    const isBad = violationCount > 0 || missed.length > 0
    console.log(
      `${isBad ? 'FAIL' : 'ok  '}  ${suite.padEnd(40)}  ${violationCount} violations  seed ${seed}  ${seconds} s`,
    )
    console.log(`      ${figures.join(', ')}`)
    for (const sentence of missed) console.log(`      MISSED GUARD ${sentence}`)
    for (const sentence of notRun) console.log(`      NOT RUN ${sentence}`)
  }
  for (const { suite, violations } of rows)
    for (const { kind, ledger, sentence } of violations) console.log(`${suite}: ${kind}, ${ledger}: ${sentence}`)
  const sum = (/** @type {(row: Row) => number | undefined} */ of) =>
    rows.reduce((total, row) => total + (of(row) ?? 0), 0)
  const lost = `${sum(({ lost }) => lost)} acknowledged lines lost`
  const gone = `${sum(({ gone }) => gone)} lines seen by a follower and later gone`
  const receipts = `${sum(({ counts }) => counts['receipts']).toLocaleString('en')} receipts`
  const notRun = sum(({ notRun }) => notRun.length)
  console.log(`${lost}, ${gone}, over ${receipts}; ${notRun} parts not run`)
  const isRight = status === 0 && rows.length > 0
  const seconds = ((performance.now() - started) / 1000).toFixed(0)
  console.log(`test:faults: ${isRight ? 'ok' : 'FAILED'}, ${rows.length} suites, gate ${gate} x ${scale}, ${seconds} s`)
  if (isKept) keep(rows)
  return isRight ? 0 : 1
}

/** @param {readonly Row[]} rows */
function keep(rows) {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: repositoryRoot, encoding: 'utf8' }).trim()
  const date = new Date().toISOString().slice(0, 10)
  const ofRow = (/** @type {Row} */ { suite, counts, violationCount, missed, notRun, seed, seconds }) => ({
    suite,
    counts,
    violations: violationCount,
    missed,
    notRun,
    seed,
    seconds,
  })
  keepRun({ date, commit, node: process.version, share: Number(scale), rows: rows.map(ofRow) })
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
function run(command, args) {
  const { status } = spawnSync(command, args, {
    cwd: repositoryRoot,
    env: {
      ...toolEnvironment,
      NODE_TAG: process.version,
      FAULTS_REPORTS: reports,
      FAULTS_GATE: gate,
      FAULTS_SCALE: scale,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  })
  return status ?? 1
}
