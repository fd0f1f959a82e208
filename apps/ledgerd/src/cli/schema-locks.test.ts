// The five families are packages like any team's: their locks are fresh, whole, and on their way into the tarball.
import fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import { formatLock, lockFileName, lockSchema, parseLock } from '@ledgerd/schema-tools'
import { describe, expect, it, vi } from 'vitest'
import { builtInFamilies, loadBuiltIn } from '../schemas/built-in.ts'
import { lintPackage } from './schema-lint.ts'
import type { Manifest } from './schema-manifest.ts'

// Documents by the thousand and modules to load: seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

describe('the lock of each family', () => {
  for (const family of builtInFamilies) {
    const folder = fileURLToPath(new URL(`../../../../packages/schemas/${family}`, import.meta.url))
    const read = (name: string): string => fs.readFileSync(`${folder}/${name}`, 'utf8')

    it(`of ${family} is that of its source; if not: ledgerd schema gen packages/schemas/${family}`, async () => {
      const text = read(lockFileName)
      const schema = await loadBuiltIn(family)
      const lock = lockSchema(schema, parseLock(text, lockFileName))
      expect(formatLock(lock) === text).toBe(true)
      for (const type of Object.keys(schema.events))
        expect(lock.since[type]).toHaveLength(schema.events[type]?.versions.length ?? -1)
    })

    it(`of ${family} carries the version of its package, and is published with it`, async () => {
      const { version, files } = JSON.parse(read('package.json')) as Manifest
      const schema = await loadBuiltIn(family)
      expect(schema.version).toBe(version)
      expect(files).toEqual(['dist', lockFileName])
    })

    it(`of ${family} is frozen from models without lint errors`, async () => {
      const findings = await lintPackage(await loadBuiltIn(family), folder)
      expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
    })
  }
})
