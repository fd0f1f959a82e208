// Suite S of reliability §11 in its short form: the text that each planted bug changes still stands there, once. That it is
// seen is for the laboratory.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { allPlantedBugs } from '../faults/planted-list.ts'
import { plantInto } from '../faults/planting.ts'
import { runSuite } from '../faults/suite-process.ts'

const source = path.join(import.meta.dirname, '../src')

describe('still applies', () => {
  it.each(allPlantedBugs)('$name', (bug) => {
    for (const file of new Set(bug.edits.map((edit) => edit.file))) {
      const code = fs.readFileSync(path.join(source, file), 'utf8')
      expect(plantInto(bug, file, code)).not.toBe(code)
    }
  })
})

describe('a suite that turns red', () => {
  it('takes along what it started and did not end', async () => {
    const leaveOne = `
      const { spawn } = require('node:child_process')
      const left = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
      left.on('spawn', () => { console.log(left.pid); process.exit(1) })`
    const { status, words } = await runSuite(process.execPath, ['-e', leaveOne], process.env)
    expect([status, words]).toEqual([1, expect.stringMatching(/^[0-9]+\n$/)])
    // Killed is enough: who collects it is the system's business.
    const standing = (): string =>
      spawnSync('ps', ['-o', 'stat=', '-p', words.trim()], { encoding: 'utf8' }).stdout.trim()
    await expect.poll(standing).toMatch(/^(|Z.*)$/)
  })
})
