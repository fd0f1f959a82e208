// Everything that follows from a lock, as files. The same lock gives the same bytes.
import { jsonSchemaDocument } from '../frozen/json-schema.ts'
import { formatLock, lockFileName } from '../lock/lock-file.ts'
import type { SchemaLock } from '../lock/lock-file.ts'
import { asyncApiDocument } from './async-api.ts'
import { declarationFile } from './declaration-file.ts'
import { docsIndex, docsPage } from './docs-page.ts'
import type { StoredVersions } from './docs-page.ts'

/** Folders below `generated/` in which every file is made: one that is not made any more is left over. */
export const generatedFolders: readonly string[] = ['generated/json-schema', 'generated/docs']

/** Texts by path, relative to the package: the lock, and types, JSON Schema, AsyncAPI and pages below `generated/`. */
export function generatedFiles(lock: SchemaLock): ReadonlyMap<string, string> {
  const files = new Map([[lockFileName, formatLock(lock)]])
  for (const [name, page] of docsFiles(lock)) files.set(`generated/docs/${name}`, page)
  files.set('generated/index.d.ts', declarationFile(lock.schema))
  files.set('generated/asyncapi.json', json(asyncApiDocument(lock.schema)))
  for (const [type, versions] of Object.entries(lock.schema.events))
    for (const { version, node } of versions) {
      const id = `urn:ledgerd:${encodeURIComponent(lock.schema.name)}:${encodeURIComponent(type)}:${version}`
      const title = `${type}, version ${version}`
      files.set(`generated/json-schema/${fileName(type)}.v${version}.json`, json(jsonSchemaDocument(node, id, title)))
    }
  return files
}

/** Pages by path: `index.md`, and one for each type. */
export function docsFiles(lock: SchemaLock, stored?: StoredVersions): ReadonlyMap<string, string> {
  const pageOf = (type: string): string => `${fileName(type)}.md`
  const pages = Object.keys(lock.schema.events).map((type) => [pageOf(type), docsPage(lock, type, stored)] as const)
  return new Map([['index.md', docsIndex(lock, pageOf)], ...pages])
}

/** The page that leads to the others has this name, and Windows keeps the rest for itself. */
const takenName = /^(?:index|con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/

/** Nothing in a type's name may leave the folder or meet another name where case does not count. */
function fileName(type: string): string {
  if (takenName.test(type)) return `%${type}`
  const plain = type.replaceAll(/[^A-Za-z0-9._-]/g, (mark) => `%${mark.codePointAt(0)?.toString(16)}`)
  return plain
    .replace(/^\.+/, (dots) => '%2e'.repeat(dots.length))
    .replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}
