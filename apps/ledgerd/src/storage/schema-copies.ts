// Copies of frozen schemas by digest, in `.ledgerd/schemas/`: with them a ledger stays readable after its package is gone.
import fs from 'node:fs'
import path from 'node:path'
import { makeFolder, writeFileDurably } from './durable.ts'

/** Keeps one frozen schema, once. `digest` is `sha256:<hex>`. */
export function keepSchemaCopy(sidecarRoot: string, digest: string, text: string): void {
  const file = fileOf(sidecarRoot, digest)
  if (fs.existsSync(file)) return
  makeFolder(path.dirname(file))
  writeFileDurably(file, text)
}

/** The text kept under a digest; undefined when there is none. */
export function readSchemaCopy(sidecarRoot: string, digest: string): string | undefined {
  const file = fileOf(sidecarRoot, digest)
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined
}

function fileOf(sidecarRoot: string, digest: string): string {
  return path.join(sidecarRoot, 'schemas', `${digest.replace(/^sha256:/, '')}.json`)
}
