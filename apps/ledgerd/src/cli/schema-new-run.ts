// `ledgerd schema new`: writes a package that builds, tests and can be published; with --infer its models are drafted from
// stored lines. Overwrites nothing.
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { parse } from '@ledgerd/canonical'
import { EventInference, newPackageFiles } from '@ledgerd/schema-tools'
import { CliError } from './cli-error.ts'
import type { DaemonFlags } from './daemon-address.ts'
import { exitCodes } from './exit-code.ts'
import { exitCodeOfSignal, type Io } from './io.ts'
import { scanLedger } from './schema-scan.ts'
import { versionText } from './version.ts'

export interface SchemaNewFlags extends DaemonFlags {
  readonly dir?: string
  readonly infer?: readonly string[]
  readonly typeKey?: string
  readonly dataKey?: string
  readonly json?: boolean
  readonly quiet?: boolean
}

/** What `--json` prints. */
export interface SchemaNewDocument {
  readonly kind: 'schema-new'
  readonly v: 1
  readonly name: string
  readonly folder: string
  readonly files: readonly string[]
  readonly inferred: readonly { readonly type: string; readonly lines: number }[]
  /** Lines that named no event type. */
  readonly skipped: number
}

/** What npm takes; upper case and leading dots are refused as it refuses them. */
const npmName = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/
const npmNameMax = 214

/** Throws CliError: 1 if the folder is not empty, 2 for a bad name, 4 and 7 for files that cannot be read. */
export async function runSchemaNew(name: string, flags: SchemaNewFlags, io: Io): Promise<number> {
  if (!npmName.test(name) || name.length > npmNameMax)
    throw new CliError(exitCodes.usage, `"${name}" is no npm name`, 'lower-case, as in @team/ledger-doors')
  const folder = flags.dir ?? name.split('/').at(-1) ?? name
  await refuseFull(folder)
  const inference = await inferEvents(flags, io)
  if (inference === undefined) return exitCodeOfSignal(io.interrupted)
  const { version: zodVersion } = createRequire(import.meta.url)('zod/package.json') as { readonly version: string }
  const events = inference.events()
  const files = newPackageFiles({ name, ledgerdVersion: versionText(), zodVersion, events })
  for (const [file, text] of files) {
    const full = path.join(folder, file)
    await mkdir(path.dirname(full), { recursive: true })
    await writeFile(full, text, { flag: 'wx' })
  }
  const written = [...files.keys()].map((file) => path.join(folder, file))
  const inferred = events.map(({ type, count }) => ({ type, lines: count }))
  const { skipped } = inference
  const document: SchemaNewDocument = { kind: 'schema-new', v: 1, name, folder, files: written, inferred, skipped }
  await io.write(
    flags.json === true ? `${JSON.stringify(document)}\n` : written.map((file) => `written ${file}\n`).join(''),
  )
  for (const { type, lines } of inferred) io.say(`ledgerd: drafted ${type} from ${lines} lines\n`)
  if (skipped > 0) io.say(`ledgerd: ${skipped} lines named no event type and were passed over\n`)
  io.say(`ledgerd: next: cd ${folder} && npm install && npx ledgerd schema gen . && npm test\n`)
  return exitCodes.yes
}

async function refuseFull(folder: string): Promise<void> {
  const present = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw new CliError(exitCodes.undecided, `${folder} cannot be used: ${error.code}`, 'name another: --dir DIR', error)
  })
  if (present.length > 0)
    throw new CliError(exitCodes.no, `${folder} is not empty; nothing was written`, 'name another folder: --dir DIR')
}

/** Undefined if it was interrupted. Throws CliError 7 if files were named and no event is in them. */
async function inferEvents(flags: SchemaNewFlags, io: Io): Promise<EventInference | undefined> {
  const { typeKey, dataKey, infer = [] } = flags
  const inference = new EventInference({
    ...(typeKey === undefined ? {} : { typeKey }),
    ...(dataKey === undefined ? {} : { dataKey }),
  })
  for (const name of infer) {
    const scanned = await scanLedger(name, { flags, io, verb: 'reading' }, (line) => {
      const result = parse(line)
      inference.take(result.ok ? result.root : undefined)
    })
    if (scanned === undefined) return undefined
  }
  if (infer.length > 0 && inference.events().length === 0)
    throw new CliError(
      exitCodes.undecided,
      `no line of ${infer.join(', ')} has an event type and a payload; nothing was written`,
      'say which members hold them: --type-key NAME --data-key NAME',
    )
  return inference
}
