// Records that were printed over several lines, put on one line each; only white space between tokens changes.
import { RecordJoiner } from '@ledgerd/schema-audio-jobs'
import { chunksOf, describeFile, type ImportSource, stemOf } from './import-source.ts'

export async function prettySource(name: string): Promise<ImportSource> {
  const file = await describeFile(name)
  return {
    name,
    stem: stemOf(name),
    files: [file],
    findings: [],
    chunks: () => onOneLineEach(chunksOf(name, file.bytes)),
    totalBytes: file.bytes,
  }
}

/** What is no JSON comes out as a bad line, for the checker to name. */
async function* onOneLineEach(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const joiner = new RecordJoiner()
  const lineFeed = Uint8Array.of(0x0a)
  for await (const chunk of chunks) {
    const lines = [...joiner.push(chunk)].flatMap(({ bytes }) => [bytes, lineFeed])
    if (lines.length > 0) yield Buffer.concat(lines)
  }
  const last = joiner.end()
  if (last !== undefined) yield Buffer.concat([last.bytes, lineFeed])
}
