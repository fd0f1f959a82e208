// Builds everything, runs every test once, and ends with one plain line: "N passed, N failed". Arguments go to vitest,
// for example a path. No test at all is a failure, and so is an error outside of any test.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatTally, tally } from './tally.mjs'
import { readJson, repositoryRoot, toolEnvironment } from './workspace.mjs'

const folder = mkdtempSync(join(tmpdir(), 'ledgerd-test-'))
try {
  process.exitCode = buildAll() ? runVitest(join(folder, 'report.json')) : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function buildAll() {
  console.log(`Node ${process.version}`)
  const isBuilt = run(process.execPath, ['scripts/build.mjs']) === 0
  if (!isBuilt) console.log('The build failed, so no test was run.\n0 passed, 1 failed')
  return isBuilt
}

/** @param {string} reportPath */
function runVitest(reportPath) {
  const status = run('vitest', [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${reportPath}`,
    ...process.argv.slice(2).filter((argument) => argument !== '--'),
  ])
  const counts = tally(readReport(reportPath), status)
  for (const name of counts.skippedNames) console.log(`skipped: ${name}`)
  console.log(formatTally(counts))
  return counts.failed === 0 ? 0 : 1
}

/** @param {string} path */
function readReport(path) {
  try {
    return readJson(path)
  } catch (error) {
    console.error(`test: vitest left no report (${error instanceof Error ? error.message : String(error)})`)
    return { testResults: [] }
  }
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
function run(command, args) {
  return (
    spawnSync(command, args, {
      cwd: repositoryRoot,
      env: { ...toolEnvironment, NODE_TAG: process.version },
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: process.platform === 'win32',
    }).status ?? 1
  )
}
