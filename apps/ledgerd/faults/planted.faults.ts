// Suite S of reliability §11: each planted bug turns its suite red, with a violation and not with a crash of its own.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Violation } from '@ledgerd/testkit'
import { it } from 'vitest'
import { type PlantedBug, plantedBugs } from './planted-bugs.ts'
import { handIn } from './suite-report.ts'

const vitest = path.join(import.meta.dirname, '../../../node_modules/.bin/vitest')

it('S planted bugs', async () => {
  const violations: Violation[] = []
  let killed = 0
  for (const bug of plantedBugs) {
    const { isKilled, said } = await runWith(bug)
    if (isKilled) killed++
    else
      violations.push({ kind: 'misbehaved', ledger: '', sentence: `${bug.name} was not seen by ${bug.suite}: ${said}` })
  }
  handIn({
    suite: 'S planted bugs',
    counts: { planted: plantedBugs.length, killed },
    violations,
    guards: [{ name: 'killed', value: killed, min: plantedBugs.length }],
    seed: 1,
    notRun: [],
  })
})

async function runWith({
  name,
  file,
  suite,
}: PlantedBug): Promise<{ readonly isKilled: boolean; readonly said: string }> {
  const reports = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-planted-'))
  try {
    const child = spawn(
      vitest,
      ['run', '--config', path.join(import.meta.dirname, 'planted.config.ts'), file, '-t', suite],
      { env: { ...process.env, PLANT: name, FAULTS_REPORTS: reports, FAULTS_SCALE: '0.02', SEED: '1' } },
    )
    let words = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        words += chunk.toString()
      })
    const [status] = (await once(child, 'close')) as [number | null]
    const rows = fs
      .readdirSync(reports)
      .map((row) => JSON.parse(fs.readFileSync(path.join(reports, row), 'utf8')) as Row)
    const row = rows.find((one) => one.suite === suite)
    const isKilled = status !== 0 && row !== undefined && row.violationCount > 0
    return { isKilled, said: isKilled ? '' : `${JSON.stringify(row)} ${words}`.slice(-800) }
  } finally {
    fs.rmSync(reports, { recursive: true, force: true })
  }
}

interface Row {
  readonly suite: string
  readonly violationCount: number
}
