// Where zod lies: the daemon's own copy, and those that schema packages beside the data would load.
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

export interface ZodCopy {
  readonly place: string
  readonly version: string
}

/** The daemon's copy first; then every other under `node_modules` of the data folder, two levels deep. */
export function zodCopies(folder: string): readonly ZodCopy[] {
  const own = path.dirname(createRequire(import.meta.url).resolve('zod/package.json'))
  const beside = path.join(folder, 'node_modules')
  const nested = packagesIn(beside).map((place) => path.join(place, 'node_modules', 'zod'))
  const places = new Set([own, ...[path.join(beside, 'zod'), ...nested].flatMap(realPath)])
  return [...places].flatMap((place) => {
    const version = versionOf(place)
    return version === undefined ? [] : [{ place, version }]
  })
}

function packagesIn(modules: string): string[] {
  const names = namesIn(modules)
  const plain = names.filter((name) => !name.startsWith('@') && !name.startsWith('.'))
  const scoped = names
    .filter((name) => name.startsWith('@'))
    .flatMap((scope) => namesIn(path.join(modules, scope)).map((name) => path.join(scope, name)))
  return [...plain, ...scoped].map((name) => path.join(modules, name))
}

function namesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder)
  } catch {
    // No such folder, or not one of ours to read: then nothing is loaded from it either.
    return []
  }
}

function realPath(place: string): string[] {
  try {
    return [fs.realpathSync(place)]
  } catch {
    // Not there, which is the usual case.
    return []
  }
}

function versionOf(place: string): string | undefined {
  const text = fs.readFileSync(path.join(place, 'package.json'), 'utf8')
  const { version } = JSON.parse(text) as { readonly version?: unknown }
  return typeof version === 'string' ? version : undefined
}
