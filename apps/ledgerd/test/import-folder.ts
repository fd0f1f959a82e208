// A folder for imports under test, made anew for each, with the words that all of them use.
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach } from 'vitest'
import { type Outcome, run } from './memory-io.ts'

const repository = fileURLToPath(new URL('../../../', import.meta.url))
let folder = ''

/** Call once in a file of tests. */
export function useImportFolder(): void {
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(tmpdir(), 'ledgerd-import-'))
  })
  afterEach(() => fs.rmSync(folder, { recursive: true }))
}

/** A file of what an original wrote. */
export function vectors(family: string, name: string): string {
  return path.join(repository, 'packages/schemas', family, 'vectors', name)
}

/** A path in the folder. */
export function at(...names: string[]): string {
  return path.join(folder, ...names)
}

/** Writes a file into the folder; returns its path. */
export function put(name: string, content: string | Uint8Array): string {
  fs.mkdirSync(path.dirname(at(name)), { recursive: true })
  fs.writeFileSync(at(name), content)
  return at(name)
}

/** Imports into the folder's `data`, with a report in JSON. */
export function importInto(family: string, source: string, ...args: string[]): Promise<Outcome> {
  return run(['import', '--family', family, source, '--data', at('data'), '--json', ...args])
}

export function reportOf({ out }: Outcome): Record<string, unknown> {
  return JSON.parse(out) as Record<string, unknown>
}

/** The codes of findings that are more than information. */
export function codesOf(outcome: Outcome): string[] {
  const findings = reportOf(outcome)['findings'] as { severity: string; code: string }[]
  return findings.filter(({ severity }) => severity !== 'I').map(({ code }) => code)
}
