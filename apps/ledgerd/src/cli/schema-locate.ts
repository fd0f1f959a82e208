// Where in the source of a package a finding is, as far as names tell.
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Locate } from '@ledgerd/schema-tools'

const sourcePattern = /\.(?:[cm]?js|ts)$/
const sourcesMax = 500

/** The line of the source that names the last part of a pointer; else where its type is named; else package.json. */
export async function locator(place: string): Promise<Locate> {
  const folder = path.join(place, 'src')
  const names = (await readdir(folder, { recursive: true }).catch(() => [])).filter(
    (name) => sourcePattern.test(name) && !/\.test\./.test(name),
  )
  const sources = await Promise.all(
    names
      .sort()
      .slice(0, sourcesMax)
      .map(async (name) => ({
        file: path.join(folder, name),
        lines: (await readFile(path.join(folder, name), 'utf8')).split('\n'),
      })),
  )
  return (pointer) => {
    const [, , type = '', ...steps] = pointer.replace(/@\d+$/, '').split('/')
    for (const word of [steps.at(-1), type]) {
      if (word === undefined || word === '' || word === '*') continue
      const isNamed = new RegExp(`(?:^|[\\s{,'"\`])${word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}['"\`]?\\s*:`)
      for (const { file, lines } of sources) {
        const index = lines.findIndex((line) => isNamed.test(line))
        if (index !== -1) return { file, line: index + 1 }
      }
    }
    return { file: path.join(place, 'package.json'), line: 1 }
  }
}
