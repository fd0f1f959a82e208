// Reads a value as an `orderingLedger`, whatever it is: what can be read is kept, the rest is left out and named
// (formats §4.1). Members that this version does not know are kept.
import { formatPointer } from '@ledgerd/canonical'
import type { Finding, Severity } from '@ledgerd/schema'
import { describeHashFault, hashFault } from './ordering-hash.ts'
import { schemaVersion } from './ordering-ledger.ts'
import type { ArtifactEntry, OrderingLedger, Seeds, StageEntry } from './ordering-ledger.ts'
import { isArtifactName, parseStageKey } from './stage-key.ts'

export interface NormalizedLedger {
  /** Undefined if there is none, or if the value is no object. */
  readonly ledger: OrderingLedger | undefined
  /** Paths are relative to the ordering ledger. Lines and offsets are 0: the findings are about the whole of it. */
  readonly findings: readonly Finding[]
}

/**
 * Findings: `ledger-missing` W (null or undefined), `schema-version-invalid` W (a numeric string is read as its
 * number, anything else that is no version as 1), `schema-version-unsupported` W (above 1: read, never written), `shape-invalid` E, `hash-format` E,
 * `hash-algo-unknown` W. Never throws on content.
 */
export function normalize(value: unknown): NormalizedLedger {
  const reader = new ShapeReader()
  const ledger = reader.readLedger(value)
  return { ledger, findings: reader.findings }
}

type Members = Readonly<Record<string, unknown>>

class ShapeReader {
  readonly findings: Finding[] = []

  readLedger(value: unknown): OrderingLedger | undefined {
    if (value === null || value === undefined) {
      this.#add('ledger-missing', 'W', [], 'There is no ordering ledger.')
      return undefined
    }
    const members = this.#readObject(value, [])
    if (members === undefined) return undefined
    return {
      ...members,
      schemaVersion: this.#readVersion(members['schemaVersion']),
      seeds: this.#readSeeds(orEmpty(members['seeds']), ['seeds']),
      stages: this.#readEntries(orEmpty(members['stages']), ['stages'], (stage, path) => this.#readStage(stage, path)),
    }
  }

  #readVersion(value: unknown): number {
    const version = typeof value === 'string' ? Number(value) : value
    const known = typeof version === 'number' && version >= 1 ? version : schemaVersion
    if (value !== known) this.#add('schema-version-invalid', 'W', ['schemaVersion'], `The version is read as ${known}.`)
    if (known > schemaVersion)
      this.#add('schema-version-unsupported', 'W', ['schemaVersion'], `Version ${known} is read, and not written.`)
    return known
  }

  #readSeeds(value: unknown, path: readonly string[]): Partial<Seeds> {
    const members = this.#readObject(value, path)
    if (members === undefined) return {}
    return this.#keep({
      ...members,
      discoveryHash: this.#readText(members['discoveryHash'], [...path, 'discoveryHash']),
      fileListHash: this.#readText(members['fileListHash'], [...path, 'fileListHash']),
      fileCount: this.#readNumber(members['fileCount'], [...path, 'fileCount']),
      mode: this.#readText(members['mode'], [...path, 'mode']),
    })
  }

  #readStage(value: unknown, path: readonly string[]): StageEntry | undefined {
    const key = path.at(-1) ?? ''
    if (parseStageKey(key) === undefined) {
      this.#add('shape-invalid', 'E', path, 'A stage key is "stage" or "stage:mode".')
      return undefined
    }
    const members = this.#readObject(value, path)
    if (members === undefined) return undefined
    const { seeds, artifacts, ...rest } = members
    return {
      ...rest,
      ...(seeds === undefined ? {} : { seeds: this.#readSeeds(seeds, [...path, 'seeds']) }),
      ...(artifacts === undefined ? {} : this.#readArtifacts(artifacts, [...path, 'artifacts'])),
    }
  }

  #readArtifacts(value: unknown, path: readonly string[]): Pick<StageEntry, 'artifacts'> {
    if (this.#readObject(value, path) === undefined) return {}
    return { artifacts: this.#readEntries(value, path, (entry, at) => this.#readArtifact(entry, at)) }
  }

  #readArtifact(value: unknown, path: readonly string[]): ArtifactEntry | undefined {
    if (!isArtifactName(path.at(-1) ?? '')) {
      this.#add('shape-invalid', 'E', path, 'This cannot be the name of an artifact.')
      return undefined
    }
    const members = this.#readObject(value, path)
    if (members === undefined) return undefined
    const hash = this.#readText(members['hash'], [...path, 'hash']) ?? null
    const fault = hash === null ? undefined : hashFault(hash)
    if (fault !== undefined)
      this.#add(fault, fault === 'hash-format' ? 'E' : 'W', [...path, 'hash'], describeHashFault(fault))
    return {
      ...members,
      hash,
      rule: this.#readText(members['rule'], [...path, 'rule']) ?? null,
      count: this.#readNumber(members['count'], [...path, 'count']) ?? null,
      mode: this.#readText(members['mode'], [...path, 'mode']) ?? null,
    }
  }

  #readEntries<Entry>(
    value: unknown,
    path: readonly string[],
    read: (entry: unknown, path: readonly string[]) => Entry | undefined,
  ): Readonly<Record<string, Entry>> {
    const members = this.#readObject(value, path) ?? {}
    const entries = Object.entries(members).map(([name, entry]) => [name, read(entry, [...path, name])] as const)
    // Defines members instead of assigning them: a name like `__proto__` stays a name.
    return Object.fromEntries(entries.filter((pair): pair is readonly [string, Entry] => pair[1] !== undefined))
  }

  #readObject(value: unknown, path: readonly string[]): Members | undefined {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members
    this.#add('shape-invalid', 'E', path, 'This must be an object.')
    return undefined
  }

  #readText(value: unknown, path: readonly string[]): string | null | undefined {
    if (typeof value === 'string' || value === null || value === undefined) return value
    this.#add('shape-invalid', 'E', path, 'This must be a string or null.')
    return undefined
  }

  /** A number that no JSON can hold is read as null: the original writes such counts so. */
  #readNumber(value: unknown, path: readonly string[]): number | null | undefined {
    if (typeof value === 'number') return Number.isFinite(value) ? value : null
    if (value === null || value === undefined) return value
    this.#add('shape-invalid', 'E', path, 'This must be a number or null.')
    return undefined
  }

  /** Without the members that are not there. */
  #keep(members: { readonly [Name in keyof Seeds]: Seeds[Name] | undefined }): Partial<Seeds> {
    return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
  }

  #add(code: string, severity: Severity, path: readonly string[], message: string): void {
    this.findings.push({ code, severity, line: 0, offset: 0, path: formatPointer(path), message })
  }
}

/** A member that is missing holds nothing; null is no way of saying so. */
function orEmpty(value: unknown): unknown {
  return value === undefined ? {} : value
}
