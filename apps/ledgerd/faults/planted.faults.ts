// Suite S of reliability §11: each planted bug turns its suite red, with a violation and not with a crash of its own.
// PLANTED_BUGS names some of them.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Violation } from '@ledgerd/testkit'
import { it } from 'vitest'
import type { PlantedProgram } from './planted-at-doors.ts'
import { allPlantedBugs } from './planted-list.ts'
import { buildPlanted } from './planting.ts'
import { runSuite } from './suite-process.ts'
import { handIn } from './suite-report.ts'

const vitest = path.join(import.meta.dirname, '../../../node_modules/.bin/vitest')

const named = process.env['PLANTED_BUGS']?.split(',')

it('S planted bugs', async () => {
  const violations: Violation[] = []
  const notRun: string[] = []
  let killed = 0
  const bugs = allPlantedBugs.filter(({ name }) => named?.includes(name) ?? true)
  for (const bug of bugs) {
    if (bug.needs !== undefined && spawnSync('which', [bug.needs]).status !== 0) {
      notRun.push(`${bug.name}: ${bug.needs} is not installed`)
      continue
    }
    const { isKilled, said } = await runWith(bug)
    process.stderr.write(`planted: ${bug.name}: ${isKilled ? 'killed by' : 'NOT SEEN BY'} ${bug.suite}\n`)
    if (isKilled) killed++
    else
      violations.push({ kind: 'misbehaved', ledger: '', sentence: `${bug.name} was not seen by ${bug.suite}: ${said}` })
  }
  handIn({
    suite: 'S planted bugs',
    counts: { planted: bugs.length, killed },
    violations,
    guards: [{ name: 'killed', value: killed, min: bugs.length - notRun.length }],
    seed: 1,
    notRun,
  })
})

async function runWith(bug: PlantedProgram): Promise<{ readonly isKilled: boolean; readonly said: string }> {
  const { name, file, suite, environment = {} } = bug
  const reports = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-planted-'))
  const program = bug.isBuilt === true ? buildPlanted(bug) : undefined
  try {
    // A file of the daemon's tests has one row for all of them.
    const isWholeFile = file.startsWith('conformance/')
    const config = path.join(import.meta.dirname, 'planted.config.ts')
    const { status, words } = await runSuite(
      vitest,
      ['run', '--config', config, file, ...(isWholeFile ? [] : ['-t', suite])],
      {
        ...process.env,
        ...(program === undefined ? {} : { LEDGERD_ENTRY: program.entry }),
        PLANT: name,
        FAULTS_REPORTS: reports,
        FAULTS_GATE: 'faults',
        FAULTS_SCALE: '0.02',
        SEED: '1',
        ...environment,
      },
    )
    const rows = fs
      .readdirSync(reports)
      .map((row) => JSON.parse(fs.readFileSync(path.join(reports, row), 'utf8')) as Row)
    const row = rows.find((one) => one.suite === suite)
    const isKilled = status !== 0 && row !== undefined && row.violationCount > 0
    const stale = /PLANT NO LONGER APPLIES.*/.exec(words)?.[0]
    return { isKilled, said: isKilled ? '' : (stale ?? `${JSON.stringify(row)} ${words}`.slice(-800)) }
  } finally {
    fs.rmSync(reports, { recursive: true, force: true })
    program?.remove()
  }
}

interface Row {
  readonly suite: string
  readonly violationCount: number
}
