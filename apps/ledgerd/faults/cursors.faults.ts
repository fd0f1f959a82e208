// Suite J of reliability §11: a follower that resumes from every sequence number there is, and cursors behind the end.
import fs from 'node:fs'
import path from 'node:path'
import type { Violation } from '@ledgerd/testkit'
import { splitAtLineFeeds } from '@ledgerd/testkit'
import { it } from 'vitest'
import { atGate } from '../test/gate.ts'
import { DaemonProcess, scratch } from '../test/daemon-process.ts'
import { FrameClient } from '../test/plain-clients.ts'
import { handIn } from './suite-report.ts'

const ledger = 'worlds/hall'
const batchLines = 500
/** Resumed at once, over one connection. */
const streams = 32

/** The sequence numbers to resume from. */
const seqs = atGate({ faults: 2000, long: 10_000 })

it('J followers, from every seq', { timeout: 60_000 + seqs * 100 }, async () => {
  const at = scratch()
  const daemon = await DaemonProcess.start(at.folder, at.socket)
  const client = await new FrameClient({ path: at.socket }, {}).greeted()
  const total = Math.max(batchLines, seqs)
  for (let from = 0; from < total; from += batchLines) {
    const n = Math.min(batchLines, total - from)
    client.send({ t: 'append', id: 1 + from, ledger, n }, drafts(from, n))
    await client.next('receipts')
  }
  const bytes = fs.readFileSync(path.join(at.folder, `${ledger}.jsonl`))
  const ends = lineEnds(bytes)
  const counts = { lines: ends.length, resumed: 0, 'behind the end': 0 }
  const violations: Violation[] = []
  const say = (sentence: string): void => void violations.push({ kind: 'out-of-order', ledger, sentence })
  for (let from = 0; from <= total && violations.length < 20; from += streams) {
    const seqs = Array.from({ length: Math.min(streams, total + 1 - from) }, (_, k) => from + k)
    const seen = await resume(client, seqs)
    for (const seq of seqs) {
      const wanted = bytes.subarray(seq === 0 ? 0 : ends[seq - 1])
      const { body, reason } = seen.get(seq) ?? { body: Buffer.alloc(0), reason: 'no end' }
      if (!body.equals(wanted)) say(`from ${seq} came ${body.length} bytes of ${wanted.length}, then ${reason}`)
      counts.resumed++
    }
  }
  for (const seq of [total + 1, total + 2, total * 2, Number.MAX_SAFE_INTEGER]) {
    const { body, reason } = (await resume(client, [seq])).get(seq) ?? { body: Buffer.alloc(0), reason: 'no end' }
    if (body.length > 0 || reason !== 'CURSOR_AHEAD')
      say(`from ${seq}, behind the end, came ${body.length} bytes: ${reason}`)
    counts['behind the end']++
  }
  client.ws.close(1000)
  await daemon.kill('SIGTERM')
  handIn({
    suite: 'J followers, from every seq',
    counts,
    violations,
    guards: [
      { name: 'lines', value: splitAtLineFeeds(bytes).lines.length, min: total },
      { name: 'resumed', value: counts.resumed, min: total + 1 },
    ],
    seed: 0,
    notRun: [],
  })
  at.remove()
})

interface Seen {
  body: Buffer
  /** Why the stream ended: the code of its error, or its reason. */
  reason: string
}

/** Follows from each of the numbers up to the end, all at once; the stream's id is its place in the list. */
async function resume(client: FrameClient, seqs: readonly number[]): Promise<Map<number, Seen>> {
  const seen = new Map(seqs.map((seq): [number, Seen] => [seq, { body: Buffer.alloc(0), reason: '' }]))
  const parts = new Map(seqs.map((seq): [number, Buffer[]] => [seq, []]))
  for (const [id, from] of seqs.entries())
    client.send({ t: 'follow', id: 1_000_000 + id, ledgers: [ledger], from, live: false, credit: 1 << 20 })
  for (let open = seqs.length; open > 0; ) {
    const { header, body } = await client.nextOf('lines', 'end', 'error')
    const id = 'id' in header ? header.id : undefined
    if (id === undefined) throw new Error(`the connection failed: ${JSON.stringify(header)}`)
    const seq = seqs[id - 1_000_000] ?? -1
    if (header.t === 'lines') {
      parts.get(seq)?.push(Buffer.from(body))
      client.send({ t: 'credit', id, bytes: body.length })
      continue
    }
    open--
    const one = seen.get(seq)
    if (one === undefined) continue
    one.reason = header.t === 'end' ? (header.error?.code ?? header.reason) : header.t
    one.body = Buffer.concat(parts.get(seq) ?? [])
  }
  return seen
}

function drafts(from: number, count: number): Buffer {
  const lines = Array.from({ length: count }, (_, k) => {
    const id = (from + k).toString(16).padStart(32, '0')
    return `{"data": {"n": ${from + k}}, "id": "${id}", "link": null, "meta": {}, "type": "cursor.noted"}\n`
  })
  return Buffer.from(lines.join(''))
}

function lineEnds(bytes: Buffer): number[] {
  const ends: number[] = []
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) ends.push(at + 1)
  return ends
}
