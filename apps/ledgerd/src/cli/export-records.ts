// Workflow records as one file a type, byte for byte and in the ledger's order. Files that are there already are never
// overwritten with something else.
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { type FileHandle, mkdir, open, rename, unlink } from 'node:fs/promises'
import path from 'node:path'
import { invariant } from '@ledgerd/schema/errors'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import type { ExportFlags } from './export-run.ts'
import { formatLines } from './figures.ts'
import { hashFile } from './import-source.ts'
import type { Io } from './io.ts'
import type { LineItem } from './line-item.ts'

/** Lines that no type can be read of go here, so that none is lost. */
const unreadable = 'unreadable'

interface Output {
  readonly file: FileHandle
  readonly hash: ReturnType<typeof createHash>
  lines: number
  bytes: number
}

export async function exportRecords(lines: AsyncIterable<LineItem>, flags: ExportFlags, io: Io): Promise<number> {
  const folder = flags.to
  if (folder === undefined) throw new CliError(exitCodes.usage, 'where to?', 'name the folder: --to DIR')
  await mkdir(folder, { recursive: true })
  const outputs = new Map<string, Output>()
  try {
    for await (const item of lines) {
      invariant(item.schema !== undefined, 'lines for export come with their schema')
      const type = item.schema.routeOf(item.bytes)?.type ?? unreadable
      const output = outputs.get(type) ?? (await begin(folder, type))
      outputs.set(type, output)
      await take(output, item.bytes)
    }
    const settled = new Map<string, string>()
    for (const [type, output] of outputs) settled.set(type, await settle(folder, type, output))
    for (const [type, { lines: count }] of outputs)
      await io.write(`${path.join(folder, `${type}.jsonl`)}   ${formatLines(count)}   ${settled.get(type) ?? ''}\n`)
    return exitCodes.yes
  } finally {
    for (const [type, { file }] of outputs) {
      await file.close()
      await unlink(aside(folder, type)).catch(() => undefined) // In its place already.
    }
  }
}

async function begin(folder: string, type: string): Promise<Output> {
  await unlink(aside(folder, type)).catch(() => undefined) // None was left behind.
  const file = await open(aside(folder, type), 'wx', 0o644)
  return { file, hash: createHash('sha256'), lines: 0, bytes: 0 }
}

async function take(output: Output, line: Uint8Array): Promise<void> {
  const bytes = Buffer.concat([line, Uint8Array.of(0x0a)])
  output.hash.update(bytes)
  output.lines++
  output.bytes += bytes.length
  await output.file.writeFile(bytes)
}

/** Puts a file in its place, unless it is there with these bytes. Throws CliError when it is there with others. */
async function settle(folder: string, type: string, output: Output): Promise<string> {
  const target = path.join(folder, `${type}.jsonl`)
  const sha256 = `sha256:${output.hash.digest('hex')}`
  if (fs.existsSync(target)) {
    const isSame = fs.statSync(target).size === output.bytes && (await hashFile(target, output.bytes)) === sha256
    if (isSame) return 'there already'
    throw new CliError(exitCodes.no, `${target} is there already with other content`, 'name an empty folder: --to DIR')
  }
  await output.file.sync()
  await rename(aside(folder, type), target)
  return 'written'
}

function aside(folder: string, type: string): string {
  return path.join(folder, `.${type}.jsonl.new`)
}
