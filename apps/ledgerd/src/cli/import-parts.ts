// Shards of an audio ledger: the parts of an index, in its order, as one ledger. A sealed part must be what the index says;
// an open one is judged by its lines.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { type OpenPart, parsePartIndex, type PartIndex, readParts } from '@ledgerd/schema-audio-jobs'
import { partFolder } from '@ledgerd/schema-audio-jobs/node'
import type { Finding } from '@ledgerd/schema'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import { asCliError } from './file-bytes.ts'
import { describeFile, type ImportSource, type SourceFile, stemOf } from './import-source.ts'

const chunkBytes = 256 << 10

/** Throws CliError when the index cannot be read; what is wrong with parts are findings. */
export async function partsSource(name: string): Promise<ImportSource> {
  const index = await readIndex(name)
  const folder = path.dirname(name)
  const openPart = partFolder(folder)
  const files: SourceFile[] = [await describeFile(name)]
  for (const part of index.parts) {
    const opened = await openPart(part.path)
    if (opened !== undefined && opened !== 'outside') files.push(await describeFile(path.join(folder, part.path)))
  }
  const findings: Finding[] = []
  for await (const line of readParts(index, openPart, (finding) => findings.push(finding))) void line
  return {
    name,
    stem: stemOf(name),
    files,
    findings,
    chunks: () => joined(index, openPart),
    totalBytes: files.slice(1).reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

async function readIndex(name: string): Promise<PartIndex> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(name)
  } catch (error) {
    throw asCliError(error, name)
  }
  const { index, findings } = parsePartIndex(bytes)
  const [first] = findings
  if (index !== undefined) return index
  const why = first === undefined ? '' : `: ${first.code} at ${first.path || 'its root'}, ${first.message}`
  throw new CliError(
    exitCodes.no,
    `${name} is no index of parts${why}`,
    'import the parts one by one, each as its ledger',
  )
}

/** The lines of all parts, each ended by LF. What is wrong with them was said before. */
async function* joined(index: PartIndex, openPart: OpenPart): AsyncGenerator<Uint8Array> {
  let pieces: Uint8Array[] = []
  let length = 0
  for await (const { bytes } of readParts(index, openPart, () => undefined)) {
    pieces.push(bytes.slice(), Uint8Array.of(0x0a))
    length += bytes.length + 1
    if (length < chunkBytes) continue
    yield Buffer.concat(pieces)
    pieces = []
    length = 0
  }
  if (length > 0) yield Buffer.concat(pieces)
}
