// What a schema package says of itself in package.json, and what changesets beside it are about to make of its version.
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Suppression } from '@ledgerd/schema-tools'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'

export interface Manifest {
  readonly name?: string
  readonly version?: string
  readonly keywords?: readonly string[]
  readonly files?: readonly string[]
  readonly private?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly ledgerd?: {
    readonly suppressions?: readonly Suppression[]
    /** False for packages that are typed by their own compiler: `schema gen` then writes the lock alone. */
    readonly generated?: boolean
  }
}

/** Of the package in this folder; empty if it has none. Throws CliError 7 if it cannot be read. */
export async function readManifest(folder: string): Promise<Manifest> {
  const file = path.join(folder, 'package.json')
  const text = await readFile(file, 'utf8').catch(() => '{}')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new CliError(exitCodes.undecided, `${file} is no JSON`, `mend ${file}`, error)
  }
  if (typeof value !== 'object' || value === null) throw new CliError(exitCodes.undecided, `${file} is no object`)
  return value as Manifest
}

/** `ledgerd.suppressions`. Throws CliError 7 if they are not what suppressions are: a silent one would hide a finding. */
export async function suppressionsOf(folder: string): Promise<readonly Suppression[]> {
  const { ledgerd: { suppressions = [] } = {} } = await readManifest(folder)
  const isList = Array.isArray(suppressions)
  const bad = isList ? suppressions.findIndex((one) => !isSuppression(one)) : 0
  if (isList && bad === -1) return suppressions
  const at = `${path.join(folder, 'package.json')} at /ledgerd/suppressions${isList ? `/${bad}` : ''}`
  throw new CliError(
    exitCodes.undecided,
    `${at} is no suppression`,
    'write {"rule": …, "pointer": …, "reason": …, "expires": "2026-12-31"}, all of them text and none empty',
  )
}

function isSuppression(value: unknown): value is Suppression {
  if (typeof value !== 'object' || value === null) return false
  const members = value as Readonly<Record<string, unknown>>
  const hasText = (name: string): boolean => typeof members[name] === 'string' && members[name] !== ''
  return hasText('rule') && typeof members['pointer'] === 'string' && hasText('reason') && hasText('expires')
}

const steps = ['patch', 'minor', 'major'] as const

/** The version after the changesets that wait in the nearest `.changeset` folder; `version` itself if none names it. */
export async function releaseVersion(folder: string, name: string, version: string): Promise<string> {
  const texts = await pendingChangesets(path.resolve(folder))
  const waiting = texts.flatMap((text) => {
    const [, head = ''] = /^---\r?\n([\s\S]*?)\r?\n?---/.exec(text) ?? []
    return head.split('\n').flatMap((line) => {
      const [, named, step] = /^\s*['"]?([^'":\s]+)['"]?\s*:\s*['"]?(patch|minor|major)['"]?\s*$/.exec(line) ?? []
      return named === name ? [steps.indexOf(step as (typeof steps)[number])] : []
    })
  })
  const numbers = /^(\d+)\.(\d+)\.(\d+)$/.exec(version)?.slice(1, 4).map(Number)
  if (waiting.length === 0 || numbers === undefined) return version
  const [major = 0, minor = 0, patch = 0] = numbers
  const step = steps[Math.max(...waiting)]
  if (step === 'major') return `${major + 1}.0.0`
  return step === 'minor' ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`
}

async function pendingChangesets(from: string): Promise<readonly string[]> {
  for (let at = from; ; at = path.dirname(at)) {
    const folder = path.join(at, '.changeset')
    const names = await readdir(folder).catch(() => undefined)
    if (names !== undefined)
      return await Promise.all(
        names
          .filter((name) => name.endsWith('.md') && name !== 'README.md')
          .sort()
          .map(async (name) => await readFile(path.join(folder, name), 'utf8')),
      )
    if (at === path.dirname(at)) return []
  }
}
