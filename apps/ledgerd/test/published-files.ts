// Files that are made from the source and kept beside it: a test holds them to what would be made now. With
// UPDATE_PUBLISHED=1 it writes them first (scripts/write-published.mjs).
import fs from 'node:fs'
import path from 'node:path'
import { expect } from 'vitest'

const packageFolder = path.join(import.meta.dirname, '..')

/** The folder of this package holds exactly these files in `folder`, byte for byte. */
export function expectPublished(folder: string, files: ReadonlyMap<string, string>): void {
  const place = path.join(packageFolder, folder)
  if (process.env['UPDATE_PUBLISHED'] === '1') {
    fs.rmSync(place, { recursive: true, force: true })
    fs.mkdirSync(place)
    for (const [name, text] of files) fs.writeFileSync(path.join(place, name), text)
  }
  const how = `${folder} is not up to date; write it: npx -y pnpm@10.34.9 published`
  const names = fs.existsSync(place) ? fs.readdirSync(place).toSorted() : []
  expect(names, how).toEqual([...files.keys()].toSorted())
  for (const [name, text] of files) expect(fs.readFileSync(path.join(place, name), 'utf8'), how).toBe(text)
}

/** Whether what npm packs of this package has this folder. */
export function isPacked(folder: string): boolean {
  const manifest = JSON.parse(fs.readFileSync(path.join(packageFolder, 'package.json'), 'utf8')) as {
    readonly files: readonly string[]
  }
  return manifest.files.includes(folder)
}
