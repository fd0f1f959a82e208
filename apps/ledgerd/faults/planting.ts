// How a bug gets into the daemon: into a file's text as it is loaded, or into a program built from a copy of the source.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { PlantedBug } from './planted-bugs.ts'

const repository = path.join(import.meta.dirname, '../../..')
const daemon = 'apps/ledgerd'

/** The file's text with the bug in it; undefined when the bug is elsewhere. Throws when the bug no longer applies. */
export function plantInto({ name, edits }: PlantedBug, file: string, code: string): string | undefined {
  const here = edits.filter((edit) => edit.file === file)
  if (here.length === 0) return undefined
  return here.reduce((text, { find, put }) => {
    if (text.split(find).length !== 2) throw new Error(`${name}: PLANT NO LONGER APPLIES, not there once: ${find}`)
    return text.replace(find, () => put)
  }, code)
}

/** A daemon built with the bug in it. `entry` is what node starts. */
export function buildPlanted(bug: PlantedBug): { readonly entry: string; remove(): void } {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-planted-'))
  const copy = path.join(root, daemon)
  fs.mkdirSync(copy, { recursive: true })
  for (const name of ['src', 'bin', 'package.json', 'tsconfig.json'])
    fs.cpSync(path.join(repository, daemon, name), path.join(copy, name), { recursive: true })
  fs.copyFileSync(path.join(repository, 'tsconfig.base.json'), path.join(root, 'tsconfig.base.json'))
  for (const name of ['node_modules', 'packages', `${daemon}/node_modules`])
    fs.symlinkSync(path.join(repository, name), path.join(root, name))
  for (const file of new Set(bug.edits.map((edit) => edit.file))) {
    const target = path.join(copy, 'src', file)
    fs.writeFileSync(target, plantInto(bug, file, fs.readFileSync(target, 'utf8')) ?? '')
  }
  const compiler = path.join(repository, 'node_modules/.bin/tsc')
  const { status, stdout } = spawnSync(compiler, ['-p', copy, '--noCheck'], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${bug.name}: the daemon cannot be built with it: ${stdout}`)
  return {
    entry: path.join(copy, 'bin/ledgerd.cjs'),
    remove: () => fs.rmSync(root, { recursive: true, force: true }),
  }
}
