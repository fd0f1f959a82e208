// What is known of a ledger that nobody holds, from three small reads: its head record and its origin, and a look whether
// the file is as they say; and the lines of a short one, checked against its root. Takes no lock and changes nothing:
// whoever writes, or finds anything else than what was committed, opens it properly first.
import fs from 'node:fs'
import path from 'node:path'
import { sha256Hex } from '@ledgerd/canonical'
import { leafHash, TreeEdge } from '@ledgerd/proof'
import { readAt, readIfThere } from './durable.ts'
import { readHead } from './head-file.ts'
import type { HeadRecord } from './head-record.ts'
import { type Origin, originOf } from './origin.ts'
import { readRange } from './range.ts'

const { O_RDONLY, O_NOFOLLOW } = fs.constants

export interface AtRest {
  readonly head: HeadRecord
  readonly origin: Origin
}

/** Undefined when recovery has anything to do: then only opening it tells how it stands. */
export function lookAtRest(file: string, sidecar: string): AtRest | undefined {
  const head = readHead(sidecar)
  const origin = head === undefined ? undefined : originOf(sidecar)
  if (head === undefined || origin === undefined || readIfThere(path.join(sidecar, 'redo')) !== undefined)
    return undefined
  return isAsCommitted(file, head) ? { head, origin } : undefined
}

/** One plain file of the right size whose last group is the one that was committed. */
function isAsCommitted(file: string, head: HeadRecord): boolean {
  const fd = fs.openSync(file, O_RDONLY | O_NOFOLLOW)
  try {
    const { size, nlink } = fs.fstatSync(fd)
    if (size !== head.bytes || nlink !== 1) return false
    const group = readAt(fd, head.groupStart, head.bytes - head.groupStart)
    return sha256Hex(group) === head.groupHash
  } finally {
    fs.closeSync(fd)
  }
}

/** All committed bytes, if they are what the tree root says; undefined when they are not: then opening it tells why. */
export async function readAtRest(file: string, bytes: number, root: string): Promise<Buffer | undefined> {
  const fd = fs.openSync(file, O_RDONLY | O_NOFOLLOW)
  try {
    const lines = await readRange(fd, 0, bytes)
    return lines.length === bytes && rootOf(lines) === root ? lines : undefined
  } finally {
    fs.closeSync(fd)
  }
}

/** RFC 6962 root over whole lines, hex. */
function rootOf(lines: Buffer): string {
  const edge = new TreeEdge()
  for (let from = 0; from < lines.length; ) {
    const end = lines.indexOf(0x0a, from)
    if (end < 0) return ''
    edge.append(leafHash(lines.subarray(from, end)))
    from = end + 1
  }
  return Buffer.from(edge.root()).toString('hex')
}
