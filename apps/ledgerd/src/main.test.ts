// What the daemon loads before it serves: the modules that main.ts and the command reach by static imports.
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

const repository = path.join(import.meta.dirname, '../../..')
const importOrExport = /^(?:import|export) (?!type\b)(?:[^'"]*? from )?'([^']+)'/gm

/** Every module and package that `entry` reaches without `import()`. */
function reachable(entry: string): ReadonlySet<string> {
  const found = new Set([entry])
  for (const file of found) {
    if (!path.isAbsolute(file)) continue
    for (const [, specifier = ''] of fs.readFileSync(file, 'utf8').matchAll(importOrExport))
      for (const target of [specifier, sourceOf(specifier, file)]) if (target !== undefined) found.add(target)
  }
  return found
}

/** The file of one of our own modules. */
function sourceOf(specifier: string, importer: string): string | undefined {
  if (specifier.startsWith('.')) return path.join(path.dirname(importer), specifier)
  const [, name = '', door = ''] = /^@ledgerd\/([^/]+)(?:\/(.+))?$/.exec(specifier) ?? []
  if (name === '') return undefined
  const folder = name.startsWith('schema-') && name !== 'schema-tools' ? `schemas/${name.slice(7)}` : name
  const root = path.join(repository, 'packages', folder)
  const { exports } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, { readonly source: string }>>
  }
  return path.join(root, exports[door === '' ? '.' : `./${door}`]?.source ?? '')
}

describe('before it serves', () => {
  const ofDaemon = reachable(path.join(import.meta.dirname, 'main.ts'))
  const ofCommand = reachable(path.join(import.meta.dirname, 'cli/main.ts'))

  it('the daemon has loaded its heart and its doors', () => {
    expect([...ofDaemon]).toEqual(expect.arrayContaining(['@ledgerd/canonical', '@ledgerd/protocol', 'pino', 'ws']))
    expect(ofDaemon.size).toBeGreaterThan(150)
  })

  it('and no code that a ledger may never need: no models, no family, no tools for schemas', () => {
    expect([...ofDaemon].filter((name) => /^@ledgerd\/schema(-|$)|^zod$|^fast-check$/.test(name))).toEqual([])
  })

  it('the command has loaded its words and flags alone', () => {
    expect([...ofCommand].filter((name) => !path.isAbsolute(name) && !/^(node:|\.)/.test(name)).toSorted()).toEqual([
      'commander',
      'picocolors',
    ])
    expect(ofCommand.size).toBeLessThan(80)
  })
})
