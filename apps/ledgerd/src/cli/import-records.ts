// Workflow records from a folder: one file a type, or interleaved, as one ledger. Each file keeps its order; between files
// the time of creation decides, and events come before what they explain. With a map, header members are renamed.
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { isBlank, LineSplitter, parse } from '@ledgerd/canonical'
import type { LedgerSchema } from '@ledgerd/schema'
import * as z from 'zod'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import { asCliError } from './file-bytes.ts'
import {
  chunksOf,
  describeFile,
  type ImportSource,
  type SourceContext,
  type SourceFile,
  statOf,
  stemOf,
} from './import-source.ts'

export async function recordsSource(name: string, { schema, flags }: SourceContext): Promise<ImportSource> {
  const names = (await statOf(name)).isDirectory() ? await filesIn(name) : [name]
  const rename = flags.map === undefined ? undefined : renamer(await readMap(flags.map))
  const files: SourceFile[] = []
  for (const file of names) files.push(await describeFile(file))
  return {
    name,
    stem: stemOf(path.resolve(name)),
    files,
    findings: [],
    chunks: () => merged(files, schema, rename),
    totalBytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

/** The `.jsonl` files of a folder; that of the events first. */
async function filesIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.jsonl')).sort()
  if (names.length === 0)
    throw new CliError(exitCodes.notFound, `there is no .jsonl file in ${folder}`, `see what there is: ls ${folder}`)
  const isOfEvents = (name: string): boolean => /^events?\.jsonl$/.test(name)
  return [...names.filter(isOfEvents), ...names.filter((name) => !isOfEvents(name))].map((name) =>
    path.join(folder, name),
  )
}

type Rename = (line: Uint8Array) => Uint8Array

interface Head {
  readonly lines: AsyncGenerator<Uint8Array>
  line: Uint8Array
  timeMs: number
}

/** All lines of all files. The earliest head goes first, among equals that of the earlier file. */
async function* merged(
  files: readonly SourceFile[],
  schema: LedgerSchema,
  rename: Rename | undefined,
): AsyncGenerator<Uint8Array> {
  const heads: Head[] = []
  try {
    for (const { file, bytes } of files) {
      const lines = linesOf(file, bytes, rename)
      const head: Head = { lines, line: new Uint8Array(0), timeMs: Number.NEGATIVE_INFINITY }
      heads.push(head)
      if (!(await advance(head, schema))) heads.pop()
    }
    while (heads.length > 0) {
      const first = heads.reduce((earliest, head) => (head.timeMs < earliest.timeMs ? head : earliest))
      yield first.line
      if (!(await advance(first, schema))) heads.splice(heads.indexOf(first), 1)
    }
  } finally {
    // Whoever has read enough leaves the files of the others open.
    for (const { lines } of heads) await lines.return(undefined)
  }
}

/** A line without a time stays right behind the one before it. */
async function advance(head: Head, schema: LedgerSchema): Promise<boolean> {
  const next = await head.lines.next()
  if (next.done === true) return false
  head.line = next.value
  head.timeMs = schema.timeMsOf(next.value.subarray(0, -1)) ?? head.timeMs
  return true
}

/** Lines with their LF; the last one gets one if it lacks it, because another file's line may follow. */
async function* linesOf(file: string, size: number, rename: Rename | undefined): AsyncGenerator<Uint8Array> {
  const splitter = new LineSplitter({ lineBytesMax: Number.MAX_SAFE_INTEGER })
  const whole = (bytes: Uint8Array): Uint8Array => {
    const line = rename === undefined || isBlank(bytes) ? bytes : rename(bytes)
    const withFeed = new Uint8Array(line.length + 1)
    withFeed.set(line)
    withFeed[line.length] = 0x0a
    return withFeed
  }
  for await (const chunk of chunksOf(file, size)) for (const { bytes } of splitter.push(chunk)) yield whole(bytes)
  const last = splitter.end()
  if (last !== undefined) yield whole(last.bytes)
}

const mapModel = z.record(z.string().min(1), z.string().min(1))

/** `{"old name": "header member"}`. Throws CliError. */
async function readMap(file: string): Promise<ReadonlyMap<string, string>> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw asCliError(error, file)
  }
  const parsed = mapModel.safeParse(jsonOf(text))
  if (!parsed.success)
    throw new CliError(
      exitCodes.usage,
      `${file} is no map of names`,
      'write {"tenant": "tenant_id", "ts": "created_at"}',
    )
  return new Map(Object.entries(parsed.data))
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Renames top-level members where they stand; all other bytes of the line stay. A line that cannot be read stays whole. */
function renamer(map: ReadonlyMap<string, string>): Rename {
  return (line) => {
    const result = parse(line)
    if (!result.ok || result.root.kind !== 'object') return line
    const parts: Uint8Array[] = []
    let from = 0
    for (const { key, keyStart, value } of result.root.members) {
      const name = map.get(key)
      if (name === undefined) continue
      parts.push(line.subarray(from, keyStart), Buffer.from(JSON.stringify(name)))
      from = line.lastIndexOf(0x22, value.start - 1) + 1
    }
    return Buffer.concat([...parts, line.subarray(from)])
  }
}
