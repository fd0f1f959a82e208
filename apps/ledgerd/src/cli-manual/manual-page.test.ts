// The manual pages are up to date, are in the package where man and npm look for them, have every flag, and groff finds
// nothing to warn of.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { programTree } from '../../test/program-tree.ts'
import { expectPublished, isPacked } from '../../test/published-files.ts'
import { everyCommand } from '../cli/command-tree.ts'
import { manualPages } from './manual-page.ts'
import { roffText } from './roff.ts'

const program = await programTree()
const pages = manualPages(program)
const packageFolder = path.join(import.meta.dirname, '../..')
const hasGroff = spawnSync('groff', ['--version']).status === 0
const hasMan = spawnSync('man', ['--version']).stdout?.includes('man 2.') === true

describe('manual pages', () => {
  it('are up to date, in the package, and known to npm', () => {
    expectPublished('man', pages)
    expect(isPacked('man')).toBe(true)
    const { man } = JSON.parse(fs.readFileSync(path.join(packageFolder, 'package.json'), 'utf8')) as {
      readonly man: readonly string[]
    }
    expect(man).toEqual([...pages.keys()].map((name) => `./man/${name}`))
  })

  it('have every flag, argument and example of their command', () => {
    for (const command of everyCommand(program)) {
      const page = pages.get(`${command.path.join('-')}.1`) ?? ''
      for (const { short, long } of command.flags)
        expect(page).toContain(`${short === undefined ? '' : `\\fB${roffText(short)}\\fR, `}\\fB${roffText(long)}\\fR`)
      for (const { name } of command.values) expect(page).toContain(`.TP\n\\fI${roffText(name)}\\fR\n`)
      for (const example of command.examples) expect(page).toContain(`\n${roffText(example)}\n`)
    }
  })

  const files = [...pages.keys()].map((name) => path.join(packageFolder, 'man', name))
  it.runIf(hasGroff)('set by groff give no warning (needs groff)', () => {
    const { status, stderr } = spawnSync('groff', ['-man', '-ww', '-z', '-Tutf8', ...files], { encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, ''])
  })

  it.runIf(hasMan)('read by man show what was written, to the letter (needs man-db)', () => {
    const file = path.join(packageFolder, 'man/ledgerd-serve.1')
    const env = { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', MANWIDTH: '200', TERM: 'dumb' }
    const { status, stdout, stderr } = spawnSync('man', ['--warnings', '-l', file], { encoding: 'utf8', env })
    expect([status, stderr]).toEqual([0, ''])
    const shown = stdout.replaceAll(/\x1b\[\d*m|.\x08/g, '')
    const serve = program.commands.find(({ path: names }) => names.at(-1) === 'serve')
    expect(serve?.examples).toHaveLength(3)
    for (const example of serve?.examples ?? []) expect(shown).toContain(example)
    expect(shown).toContain('--unsafe-listen-without-tls')
  })
})

describe('roffText', () => {
  const table = [
    { name: 'a request', input: '.so /etc/passwd', want: '\\&.so /etc/passwd' },
    { name: 'an apostrophe at the start', input: "'tis", want: '\\(aqtis' },
    { name: 'an escape', input: 'a\\fB', want: 'a\\(rsfB' },
    { name: 'flags', input: '--no-ui', want: '\\-\\-no\\-ui' },
    { name: 'quotes', input: `"a" 'b' \`c\` ^~`, want: '\\(dqa\\(dq \\(aqb\\(aq \\(gac\\(ga \\(ha\\(ti' },
    { name: 'other characters', input: '… Ł 😀', want: '\\[u2026] \\[u0141] \\[u1F600]' },
  ]
  for (const { name, input, want } of table) it(`escapes ${name}`, () => expect(roffText(input)).toBe(want))
})
