// Suite K of reliability §11, limit by limit. Visitors by the hundred: sockets that say nothing, headers that drip, bodies
// that never end, storms of connections, a token that is used by too many, and one that sends too much. Each runs into a
// limit with a code and a metric of its own, and the healthy client goes on. FLOOD_FACTOR times as many come; above 1 they
// also take every socket there is.
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { connect } from '@ledgerd/client'
import { worldEvents } from '@ledgerd/schema-world-events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { handInFile } from '../faults/suite-report.ts'
import { type DaemonFigures, figuresOf } from '../test/daemon-figures.ts'
import { DaemonProcess, scratch, hookTimeoutMs } from '../test/daemon-process.ts'
import { compareP99, timesOf } from '../test/latency.ts'
import { run } from '../test/memory-io.ts'
import { FrameClient } from '../test/plain-clients.ts'
import { rounds } from '../test/seeded.ts'
import { translation } from '../test/turns.ts'

const factor = rounds('FLOOD_FACTOR', 1, { faults: 10, long: 60 })
const isLong = factor > 1
const growthBytesMax = 256 << 20

const at = scratch()
let daemon: DaemonProcess
let figures: DaemonFigures
let token: string
let world: ReturnType<typeof open>
let before: number[]
let residentBefore: number
/** How many requests each limit refused, for the table. */
const counts: Record<string, number> = {}

handInFile('K floods, limit by limit', isLong ? 5 : 4, () => ({ counts }))

beforeAll(async () => {
  daemon = await DaemonProcess.start(at.folder, at.socket)
  token = fs.readFileSync(path.join(at.folder, '.ledgerd/token'), 'utf8').trim()
  figures = figuresOf(daemon, token)
  world = open({})
  await append()
  before = await timesOf(100, append)
  residentBefore = figures.residentBytes()
}, hookTimeoutMs)
afterAll(async () => {
  const growth = figures.residentBytes() - residentBefore
  process.stderr.write(`network-floods: ${(growth / 2 ** 20).toFixed(1)} MiB more in the end\n`)
  expect(growth).toBeLessThan(growthBytesMax)
  await world.close()
  expect(await daemon.kill('SIGTERM')).toMatchObject({ code: 0 })
  expect(daemon.log).not.toContain('defect')
  at.remove()
}, hookTimeoutMs)

function open(more: { url?: string; token?: string }) {
  const options = { ledger: 'worlds/hall', schema: worldEvents, deadlineMs: 60_000 }
  return connect({ ...options, url: `unix:${at.socket}`, ...more })
}

let appended = 0
const append = (): Promise<unknown> => world.append('chat.translation', translation('Mira', appended++))

/** Runs a flood while the healthy client appends, and says what that cost it. Both live in one process, so it is no judge. */
async function withstand(name: string, flood: () => Promise<void>): Promise<void> {
  const [during] = await Promise.all([timesOf(100, append), flood()])
  const { sentence } = compareP99(before, during)
  process.stderr.write(`network-floods: ${name}: append ${sentence}\n`)
}

async function limitHit(name: string): Promise<number> {
  const times = await figures.metric(`ledgerd_limits_hit_total{limit="${name}"}`)
  counts[`${name} hit`] = times
  return times
}

describe('time', () => {
  const head = 'POST /v1/ledgers/worlds/hall/append HTTP/1.1\r\nHost: 127.0.0.1'
  it('is up for those who say nothing, drip headers, or begin with a TLS hello', {
    timeout: 60_000 * factor,
  }, async () => {
    const begin = ['', 'G', `${head}\r\nX-A: `, '\x16\x03\x01\x02\x00']
    await withstand('slow headers', async () => {
      const ends = await Promise.all(
        Array.from({ length: 100 * factor }, (_, n) =>
          untilEnd(begin[n % begin.length] ?? '', { isDripping: n % 2 === 0 }),
        ),
      )
      for (const end of ends) expect(end === '' || /^HTTP\/1\.1 (408|400) /.test(end), end).toBe(true)
    })
    expect(await limitHit('request_time')).toBeGreaterThanOrEqual(40 * factor)
  })
})

describe('connections', () => {
  it('of one token are 64, and those of others are not touched', async () => {
    const made = await run([
      'token',
      'create',
      '--name',
      'crowd',
      '--allow',
      'read',
      '--ledgers',
      '**',
      '--data',
      at.folder,
    ])
    const headers = { authorization: `Bearer ${made.out.trim()}` }
    await withstand('crowd of one token', async () => {
      const clients = await Promise.all(
        Array.from({ length: 80 }, () => new FrameClient({ port: daemon.port }, { headers }).opened()),
      )
      const codes = await Promise.all(clients.slice(64).map(async ({ closed }) => (await closed).code))
      expect(codes).toEqual(codes.map(() => 4429))
      const other = new FrameClient({ port: daemon.port }, { headers: { authorization: `Bearer ${token}` } })
      await other.greeted()
      for (const { ws } of [...clients, other]) ws.terminate()
    })
    expect(await limitHit('connections_per_principal')).toBe(16)
  })

  it('may come and go in storms', { timeout: 60_000 * factor }, async () => {
    await withstand('storm', async () => {
      for (let storm = 0; storm < 3 * factor; storm++) {
        const clients = await Promise.all(
          Array.from({ length: 100 }, () => new FrameClient({ path: at.socket }, {}).greeted()),
        )
        for (const { ws } of clients) ws.terminate()
        await Promise.all(clients.map(({ closed }) => closed))
      }
    })
  })

  it.runIf(isLong)(
    'that take every socket of the port leave the local socket free (needs FLOOD_FACTOR)',
    { timeout: 600_000 },
    async () => {
      await withstand('every socket', async () => {
        const sockets = Array.from({ length: 2200 }, () =>
          net
            .connect(daemon.port, '127.0.0.1')
            .on('error', () => undefined)
            // Who never says anything never learns that the kernel had no room for him in the queue.
            .on('connect', function greet(this: net.Socket) {
              this.write('G')
            })
            .resume(),
        )
        await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.on('close', resolve))))
      })
      expect(await limitHit('sockets')).toBeGreaterThan(0)
    },
  )
})

it('a token that sends more than it may is slowed down and loses nothing', { timeout: 60_000 * factor }, async () => {
  const scope = ['--allow', 'append', '--ledgers', 'worlds/rush', '--drafts-per-second', '400']
  const made = await run(['token', 'create', '--name', 'rush', ...scope, '--data', at.folder])
  const rush = connect({
    ledger: 'worlds/rush',
    schema: worldEvents,
    url: `http://127.0.0.1:${daemon.port}`,
    token: made.out.trim(),
    batchBytesMax: 4096,
    deadlineMs: 60_000,
  })
  await withstand('draft rate', async () => {
    const receipts = await Promise.all(
      Array.from({ length: 800 }, (_, n) => rush.append('chat.translation', translation('Rush', n))),
    )
    expect(receipts.map(({ seq }) => seq)).toEqual(receipts.map((_, n) => n))
  })
  await rush.close()
  expect(await limitHit('draft_rate')).toBeGreaterThan(0)
})

/** Sends the beginning, then perhaps a byte now and again, until the daemon ends it; what it said. */
async function untilEnd(begin: string, { isDripping }: { readonly isDripping: boolean }): Promise<string> {
  const socket = net.connect(daemon.port, '127.0.0.1')
  let said = ''
  socket.setEncoding('latin1').on('data', (text: string) => void (said += text))
  // Cut off while a drop was on its way.
  socket.on('error', () => undefined)
  socket.write(Buffer.from(begin, 'latin1'))
  const drip = isDripping ? setInterval(() => socket.write('x'), 300) : undefined
  await new Promise((resolve) => socket.on('close', resolve))
  clearInterval(drip)
  return said
}
