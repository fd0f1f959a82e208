// Suite J of reliability §11: subscribers that do not keep up, stuck (reading nothing), slow, and half-open (gone without a
// word). The healthy one beside them sees every line; each of the others costs at most its credit; the slow ones see every
// line in the end. The laboratory also waits until those that stay silent are given up, and judges the latency.
// STUCK_SUBSCRIBERS is their number.
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { connect } from '@ledgerd/client'
import { encodeFrame } from '@ledgerd/protocol'
import { worldEvents } from '@ledgerd/schema-world-events'
import { expect, it } from 'vitest'
import { handInFile } from '../faults/suite-report.ts'
import { chaosProxy } from '../test/chaos-proxy.ts'
import { figuresOf } from '../test/daemon-figures.ts'
import { DaemonProcess, scratch } from '../test/daemon-process.ts'
import { compareP99, timesOf } from '../test/latency.ts'
import { RawWebSocket } from '../test/raw-web-socket.ts'
import { rounds } from '../test/seeded.ts'
import { translation } from '../test/turns.ts'

const stuckCount = rounds('STUCK_SUBSCRIBERS', 10, { faults: 10, long: 50 })
const isLong = stuckCount > 10 || process.env['FAULTS_SCALE'] !== undefined
const ledger = 'worlds/hall'
/** What one stuck subscriber may cost: its credit, its outbox, and what a connection takes anyway. */
const bytesPerStuckMax = 3 << 20
/** What the daemon needs for the load itself, however many listen. */
const loadBytesMax = 128 << 20
const wantedRatioMax = 4
const counts: Record<string, number> = {}

handInFile('J followers, stuck', 1, () => ({ counts }))

it(`serves the healthy beside ${stuckCount} stuck, slow and half-open subscribers`, {
  timeout: isLong ? 900_000 : 180_000,
}, async () => {
  const at = scratch()
  const daemon = await DaemonProcess.start(at.folder, at.socket)
  const token = fs.readFileSync(path.join(at.folder, '.ledgerd/token'), 'utf8').trim()
  const { metric, residentBytes } = figuresOf(daemon, token)
  const options = { ledger, schema: worldEvents, deadlineMs: 120_000 }
  const world = connect({ ...options, url: `unix:${at.socket}` })
  let appended = 0
  const append = (): Promise<unknown> => world.append('chat.translation', long(appended++))

  await append()
  const before = await timesOf(100, append)
  const residentBefore = residentBytes()

  const stuck = await Promise.all(Array.from({ length: stuckCount }, () => stuckFollower(at.socket)))
  const slowLine = await chaosProxy(`${at.socket}s`, at.socket, () => ({ bytesPerSecond: 2_000_000, delayMs: 2 }))
  const deadLine = await chaosProxy(`${at.socket}d`, at.socket, () => ({}))
  const slow = connect({ ...options, url: `unix:${slowLine.socket}` })
  const halfOpen = await stuckFollower(deadLine.socket)
  deadLine.mute()
  const end: { total?: number } = {}
  const read = async (handle: typeof slow): Promise<{ seqs: number[]; digest: string }> => {
    const seqs: number[] = []
    const digest = createHash('sha256')
    for await (const { seq, line } of handle.lines({ follow: true })) {
      seqs.push(seq)
      digest.update(line).update('\n')
      if (seqs.length === end.total) break
    }
    return { seqs, digest: digest.digest('hex') }
  }
  const healthy = connect({ ...options, url: `unix:${at.socket}`, connectTimeoutMs: 5001 })
  const [healthyRead, slowRead] = [read(healthy), read(slow)]

  const during = await timesOf(100, append)
  // More than any credit and kernel buffer holds, so that the stuck are stuck; in the laboratory, more than they may cost.
  for (let n = 0; n < (isLong ? 40 : 6); n++) await Promise.all(Array.from({ length: 100 }, append))
  end.total = appended + 1
  await append()
  const digest = createHash('sha256')
    .update(fs.readFileSync(path.join(at.folder, `${ledger}.jsonl`)))
    .digest('hex')
  const all = { seqs: Array.from({ length: end.total }, (_, seq) => seq), digest }
  expect(await healthyRead).toEqual(all)
  expect(await slowRead).toEqual(all)

  const outboxBytes = await metric('ledgerd_outbox_bytes')
  const growth = residentBytes() - residentBefore
  const { ratio, sentence } = compareP99(before, during)
  Object.assign(counts, {
    stuck: stuckCount,
    'MiB more': Math.round(growth / 2 ** 20),
    'lines each': end.total,
    'p99 in percent of before': Math.round(ratio * 100),
  })
  process.stderr.write(
    `network-subscribers: ${stuckCount} stuck, ${(growth / 2 ** 20).toFixed(1)} MiB more, ` +
      `${(outboxBytes / 2 ** 20).toFixed(1)} MiB in outboxes; append ${sentence}\n`,
  )
  expect(outboxBytes).toBeLessThan((stuckCount + 2) * bytesPerStuckMax)
  expect(growth).toBeLessThan(loadBytesMax + stuckCount * bytesPerStuckMax)
  if (isLong) {
    expect(ratio).toBeLessThan(wantedRatioMax)
    // After three heartbeats only the healthy are left, and nothing waits for the others. They themselves, who read
    // nothing, do not learn of it.
    while ((await metric('ledgerd_connections_open')) > 3) await new Promise((resolve) => setTimeout(resolve, 500))
    expect(await metric('ledgerd_outbox_bytes')).toBeLessThan(bytesPerStuckMax)
  }
  await Promise.all([world.close(), healthy.close(), slow.close()])
  for (const { socket } of [...stuck, halfOpen]) socket.destroy()
  await Promise.all([slowLine.close(), deadLine.close()])
  expect(await daemon.kill('SIGTERM')).toMatchObject({ code: 0 })
  at.remove()
})

/** Some 4 KiB a line. */
function long(n: number): ReturnType<typeof translation> {
  const turn = translation('Mira', n)
  return { ...turn, ic_output: `${turn.ic_output} ${'and on '.repeat(580)}` }
}

/** Follows from the start with all the credit there is, and reads nothing. */
async function stuckFollower(socket: string): Promise<RawWebSocket> {
  const ws = await RawWebSocket.open({ path: socket }, 'Host: localhost\r\n')
  ws.send({ opcode: 2, payload: encodeFrame({ t: 'hello', client: 'stuck' }) })
  const follow = { t: 'follow', id: 1, ledgers: [ledger], from: 'start', live: true, credit: 1 << 20 } as const
  ws.send({ opcode: 2, payload: encodeFrame(follow) })
  ws.socket.pause()
  return ws
}
