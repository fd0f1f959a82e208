import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { keepPackageCopy, packageCopy } from './package-copies.ts'

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-copies-'))
afterAll(() => fs.rmSync(scratch, { recursive: true }))

let count = 0

/** A package with these files; a text is content, a number so many bytes. */
function makePackage(files: Readonly<Record<string, string | number>>): string {
  const folder = path.join(scratch, `package-${count++}`)
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    fs.writeFileSync(path.join(folder, name), typeof content === 'string' ? content : Buffer.alloc(content))
  }
  return folder
}

function keep(folder: string, sidecarRoot: string): string[] | string {
  const reason = keepPackageCopy(sidecarRoot, 'sha256:ab', folder)
  if (reason !== undefined) return reason
  const copy = path.join(sidecarRoot, 'schemas', 'ab')
  if (!fs.existsSync(copy)) return []
  const names = fs.readdirSync(copy, { recursive: true, encoding: 'utf8' })
  return names.filter((name) => fs.statSync(path.join(copy, name)).isFile()).sort()
}

describe('keepPackageCopy', () => {
  const table: { name: string; files: Readonly<Record<string, string | number>>; want: readonly string[] | RegExp }[] =
    [
      {
        name: 'all but dependencies and hidden files',
        files: { 'package.json': '{}', 'src/a.js': 'a', 'node_modules/x/index.js': 'x', '.env': 'secret' },
        want: ['package.json', 'src/a.js'],
      },
      {
        name: 'what is published',
        files: {
          'package.json': '{"files": ["src", "!src/*.test.js", "../out"]}',
          'src/a.js': 'a',
          'big.bin': 9 << 20,
        },
        want: ['package.json', 'src/a.js'],
      },
      { name: 'nothing of a bare file', files: { 'schema.mjs': 'a' }, want: [] },
      { name: 'nothing of too much', files: { 'package.json': '{}', 'big.bin': 5 << 20 }, want: /MiB/ },
    ]
  for (const { name, files, want } of table)
    it(`keeps ${name}`, () => {
      const kept = keep(makePackage(files), path.join(scratch, `side-${count++}`))
      if (want instanceof RegExp) expect(kept).toMatch(want)
      else expect(kept).toEqual(want)
    })

  it('follows no link, and finishes what was cut short', () => {
    const folder = makePackage({ 'package.json': '{}', 'a.js': 'a' })
    fs.symlinkSync('/etc/hostname', path.join(folder, 'link'))
    const root = path.join(scratch, 'side')
    fs.mkdirSync(path.join(root, 'schemas', 'ab.new'), { recursive: true })
    fs.writeFileSync(path.join(root, 'schemas', 'ab.new', 'half'), '')
    expect(packageCopy(root, 'sha256:ab')).toBeUndefined()
    expect(keep(folder, root)).toEqual(['a.js', 'package.json'])
    expect(packageCopy(root, 'sha256:ab')).toBe('./side/schemas/ab')
  })
})
