// What an installed schema package publishes, by the lock file it brings (schema-packages §8): its name, version and digest,
// without loading its code.
import fs from 'node:fs'
import path from 'node:path'
import type { RecordedSchema } from './origin.ts'
import { findPackage } from './package-entry.ts'

const lockFile = 'ledger.schema.lock.json'

/** Looks for the package from `folder` up. Undefined when it is not there, or brings no lock that can be read. */
export function publishedSchema(packageName: string, folder: string): RecordedSchema | undefined {
  const place = findPackage(packageName, folder)
  if (place === undefined) return undefined
  const { schema } = readLock(path.join(place.folder, lockFile))
  const { name, version, digest } = schema ?? {}
  const isWhole = typeof name === 'string' && typeof version === 'string' && typeof digest === 'string'
  return isWhole ? { name, version, digest } : undefined
}

function readLock(file: string): { readonly schema?: Readonly<Record<string, unknown>> | null } {
  try {
    return (JSON.parse(fs.readFileSync(file, 'utf8')) as object | null) ?? {}
  } catch {
    // Whoever asks can do without: the code itself says the same, and is loaded then.
    return {}
  }
}
