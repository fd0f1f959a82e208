// `ledgerd schema docs`: the pages of a package, with what ledgers hold of each version.
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { DecodedEvent, LedgerSchema } from '@ledgerd/schema'
import { LedgerError } from '@ledgerd/schema/errors'
import { docsFiles, type StoredVersion } from '@ledgerd/schema-tools'
import type { DaemonFlags } from './daemon-address.ts'
import { exitCodes } from './exit-code.ts'
import { exitCodeOfSignal, type Io } from './io.ts'
import { folderOf, loadPackage, lockPackage, readLock } from './schema-package.ts'
import { scanLedger } from './schema-scan.ts'

export interface SchemaDocsFlags extends DaemonFlags {
  readonly ledger?: readonly string[]
  readonly out?: string
  readonly json?: boolean
  readonly quiet?: boolean
}

type StoredCounts = Omit<StoredVersion, 'example'>

/** What `--json` prints. */
export interface SchemaDocsDocument {
  readonly kind: 'schema-docs'
  readonly v: 1
  readonly name: string
  readonly stored: readonly { readonly version: string; readonly ledgers: readonly StoredCounts[] }[]
  /** By file name. */
  readonly pages: Readonly<Record<string, string>>
}

/** Pages go to stdout, or to the files of --out. Throws CliError. */
export async function runSchemaDocs(place: string, flags: SchemaDocsFlags, io: Io): Promise<number> {
  const schema = await loadPackage(place)
  const lock = lockPackage(schema, await readLock(folderOf(place)), place)
  const stored = new Map<string, StoredVersion[]>()
  for (const ledger of flags.ledger ?? []) {
    const held = await versionsIn(ledger, schema, flags, io)
    if (held === undefined) return exitCodeOfSignal(io.interrupted)
    for (const [key, version] of held) stored.set(key, [...(stored.get(key) ?? []), version])
  }
  const pages = docsFiles(lock, stored)
  if (flags.json === true) {
    const versions = [...stored].map(([key, ledgers]) => ({ version: key, ledgers: ledgers.map(countsOf) }))
    const document: SchemaDocsDocument = {
      kind: 'schema-docs',
      v: 1,
      name: schema.name,
      stored: versions,
      pages: Object.fromEntries(pages),
    }
    await io.write(`${JSON.stringify(document)}\n`)
  } else if (flags.out === undefined) await io.write([...pages.values()].join('\n'))
  if (flags.out === undefined) return exitCodes.yes
  await mkdir(flags.out, { recursive: true })
  for (const [name, page] of pages) {
    const file = path.join(flags.out, name)
    await writeFile(file, page)
    if (flags.json !== true) await io.write(`written ${file}\n`)
  }
  return exitCodes.yes
}

interface Held {
  lines: number
  readonly firstSeq: number
  lastSeq: number
  readonly example: StoredVersion['example']
}

/** By `<type>@<version>`; undefined if it was interrupted. Lines of other schemas are counted and said. */
async function versionsIn(
  ledger: string,
  schema: LedgerSchema,
  flags: SchemaDocsFlags,
  io: Io,
): Promise<ReadonlyMap<string, StoredVersion> | undefined> {
  const held = new Map<string, Held>()
  let seq = 0
  let others = 0
  const scanned = await scanLedger(ledger, { flags, io, verb: 'counting' }, (line) => {
    const event = decoded(schema, line)
    const at = seq++
    if (event === undefined || !Object.hasOwn(schema.events, event.type)) return void others++
    const key = `${event.type}@${event.version}`
    const known = held.get(key)
    if (known === undefined) held.set(key, { lines: 1, firstSeq: at, lastSeq: at, example: exampleOf(schema, event) })
    else {
      known.lines++
      known.lastSeq = at
    }
  })
  if (scanned === undefined) return undefined
  if (others > 0) io.say(`ledgerd: ${ledger}: ${others} lines are of no type of ${schema.name}\n`)
  return new Map(
    [...held].map(([key, { example, ...counts }]) => [
      key,
      { ledger, ...counts, ...(example === undefined ? {} : { example }) },
    ]),
  )
}

function countsOf({ ledger, lines, firstSeq, lastSeq }: StoredVersion): StoredCounts {
  return { ledger, lines, firstSeq, lastSeq }
}

function decoded(schema: LedgerSchema, line: Uint8Array): DecodedEvent | undefined {
  try {
    return schema.decode(line)
  } catch (error) {
    if (error instanceof LedgerError) return undefined
    throw error
  }
}

/** What the newest version reads; undefined if it is the newest, or cannot be read. */
function exampleOf(schema: LedgerSchema, event: DecodedEvent): StoredVersion['example'] {
  try {
    const old = structuredClone(event.data)
    const read = schema.upcast(event)
    return read === event ? undefined : { old, new: read.data }
  } catch {
    // A line that cannot be brought up is no example; `verify` and `check --replay` say what is wrong with it.
    return undefined
  }
}
