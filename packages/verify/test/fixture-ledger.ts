// For tests: real lines, files cut into chunks, and a sidecar as a daemon would leave it. Not exported by the package.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { sha256Hex } from '@ledgerd/canonical'
import { leafHash, TreeEdge } from '@ledgerd/proof'
import { worldEvents } from '@ledgerd/schema-world-events'
import { formatHex } from '../src/hex.ts'
import { parseHead } from '../src/head-record.ts'
import type { VerifyReport } from '../src/report.ts'
import { leavesOfIndex, type Sidecar } from '../src/sidecar.ts'
import { verifyLedger, type VerifyOptions } from '../src/verify-ledger.ts'

const vectors = new URL('../../schemas/world-events/vectors/', import.meta.url)

export function readVector(name: string): Uint8Array {
  return new Uint8Array(readFileSync(fileURLToPath(new URL(name, vectors))))
}

/** Lines without their LF. */
export function linesOf(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = []
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(0x0a, from)
    lines.push(bytes.subarray(from, end < 0 ? bytes.length : end))
    from = end < 0 ? bytes.length : end + 1
  }
  return lines
}

export function joinLines(lines: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(lines.reduce((sum, line) => sum + line.length + 1, 0))
  let at = 0
  for (const line of lines) {
    bytes.set(line, at)
    at += line.length
    bytes[at++] = 0x0a
  }
  return bytes
}

export async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** The head file over these lines, in slot 0, with an older one in slot 1. */
export function formatHeadFile(lines: readonly Uint8Array[], epoch = 1): Uint8Array {
  const file = new Uint8Array(4096 + 512).fill(0x0a)
  const write = (at: number, n: number, count: number): void => {
    const edge = new TreeEdge()
    for (const line of lines.slice(0, count)) edge.append(leafHash(line))
    const bytes = joinLines(lines.slice(0, count)).length
    const root = formatHex(edge.root())
    const text = JSON.stringify({ v: 1, epoch, n, count, bytes, root, groupStart: bytes, groupHash: sha256Hex('') })
    file.set(new TextEncoder().encode(`${text} ${sha256Hex(text)}`), at)
  }
  write(0, 8, lines.length)
  write(4096, 7, Math.max(0, lines.length - 1))
  return file
}

/** Stored index records over these lines. */
export function formatIndex(lines: readonly Uint8Array[]): Uint8Array {
  const records = new Uint8Array(lines.length * 48)
  for (const [at, line] of lines.entries()) records.set(leafHash(line), at * 48)
  return records
}

/** The sidecar of a ledger that committed these lines; `indexed` of them have stored leaf hashes. */
export function sidecarOf(lines: readonly Uint8Array[], indexed: number = lines.length): Sidecar {
  const head = parseHead(formatHeadFile(lines))
  const index = formatIndex(lines.slice(0, indexed))
  const leaves = leavesOfIndex(indexed, (offset, length) => Promise.resolve(index.subarray(offset, offset + length)))
  return { ...(head === undefined ? {} : { head }), ...(indexed > 0 ? { leaves } : {}) }
}

/** Verifies bytes as a file of the world `daily_undertaking` unless told otherwise. */
export async function verifyBytes(bytes: Uint8Array, options: Partial<VerifyOptions> = {}): Promise<VerifyReport> {
  return await verifyLedger({
    chunks: inChunks(bytes, 1000),
    target: 'test.jsonl',
    ledger: 'daily_undertaking',
    schema: worldEvents,
    endOffset: bytes.length,
    ...options,
  })
}

/** `code@line` of everything at or above the severities given. */
export function codesAt(report: VerifyReport, severities = 'EWI'): string[] {
  return report.findings
    .filter((finding) => severities.includes(finding.severity))
    .map((finding) => `${finding.code}@${finding.line}`)
}
