// Finds the file that a schema package is loaded from, as Node would for `import`, but beginning at a folder of our choice:
// the data folder. Reads package.json files and nothing else; loads no code.
import fs from 'node:fs'
import path from 'node:path'

/** Where a package lies, and the file behind its main door; `file` is undefined when package.json names none that is there. */
export interface PackagePlace {
  readonly folder: string
  readonly file: string | undefined
}

const conditions = new Set(['node', 'import', 'default'])

/** A package by its npm name, in the nearest `node_modules` from `folder` up; undefined when there is none. */
export function findPackage(name: string, folder: string): PackagePlace | undefined {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const candidate = path.join(at, 'node_modules', name)
    if (fs.existsSync(path.join(candidate, 'package.json'))) return placeOf(fs.realpathSync(candidate))
    if (at === path.dirname(at)) return undefined
  }
}

/** A package by its path: a folder with a package.json, or the file itself; undefined when nothing lies there. */
export function packageAt(place: string): PackagePlace | undefined {
  const stat = fs.statSync(place, { throwIfNoEntry: false })
  if (stat === undefined) return undefined
  if (stat.isFile()) return { folder: path.dirname(place), file: place }
  return fs.existsSync(path.join(place, 'package.json')) ? placeOf(place) : { folder: place, file: undefined }
}

function placeOf(folder: string): PackagePlace {
  const door = doorOf(JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')))
  const file = path.resolve(folder, door ?? 'index.js')
  return { folder, file: fs.existsSync(file) ? file : undefined }
}

/** The path behind `.`, relative to the package. */
function doorOf(manifest: unknown): string | undefined {
  const { exports, main } = (manifest ?? {}) as { readonly exports?: unknown; readonly main?: unknown }
  if (exports === undefined) return typeof main === 'string' ? main : undefined
  const isMap = typeof exports === 'object' && exports !== null && '.' in exports
  return targetOf(isMap ? (exports as { readonly '.': unknown })['.'] : exports)
}

/** The first condition that holds decides, as in Node. */
function targetOf(target: unknown): string | undefined {
  if (typeof target === 'string') return target
  if (typeof target !== 'object' || target === null) return undefined
  for (const [condition, inner] of Object.entries(target)) {
    const found = conditions.has(condition) ? targetOf(inner) : undefined
    if (found !== undefined) return found
  }
  return undefined
}
