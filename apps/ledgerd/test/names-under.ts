// What lies in a folder and below, by relative name; links are named and not followed, unlike with Node's own listing.
import fs from 'node:fs'
import path from 'node:path'

export function namesUnder(folder: string, prefix: string = ''): string[] {
  return fs.readdirSync(path.join(folder, prefix), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(prefix, entry.name)
    return entry.isDirectory() ? [name, ...namesUnder(folder, name)] : [name]
  })
}
