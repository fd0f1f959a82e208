// Suite J of reliability §11 with everybody on a bad network, two game servers and a replay tool: late, slow, cut at random
// bytes, and now and then delivered twice. Every line is appended exactly once and in each server's order, every receipt
// names it, and the replay tool sees each line once and in order. NETWORK_CUTS is the number of cuts, SEED the chance.
import fs from 'node:fs'
import path from 'node:path'
import { connect, type Receipt } from '@ledgerd/client'
import { worldEvents } from '@ledgerd/schema-world-events'
import { expect, it } from 'vitest'
import { handInFile } from '../faults/suite-report.ts'
import { chaosProxy, type ConnectionFaults } from '../test/chaos-proxy.ts'
import { DaemonProcess, scratch } from '../test/daemon-process.ts'
import { rounds, seeded, seedOfRun } from '../test/seeded.ts'
import { translation } from '../test/turns.ts'

const cutsWanted = rounds('NETWORK_CUTS', 20, { faults: 200, long: 1000 })
const ledger = 'worlds/hall'
const seed = seedOfRun('network-chaos')
const counts: Record<string, number> = {}

handInFile('J followers and appenders, bad network', 1, () => ({ counts, seed }))

it(`appends once and shows once over ${cutsWanted} cuts`, { timeout: 60_000 + cutsWanted * 4_000 }, async () => {
  const at = scratch()
  const random = seeded(seed)
  const daemon = await DaemonProcess.start(at.folder, at.socket)
  let connections = 0
  const badLine = (bytesMax: number) => (): ConnectionFaults => ({
    cutAfterBytes: 400 + Math.floor(random() ** 2 * bytesMax),
    ...(random() < 0.3 ? { delayMs: random() * 4 } : {}),
    ...(random() < 0.2 ? { bytesPerSecond: 200_000 + random() * 2e6 } : {}),
    isDoubled: ++connections % 4 === 0,
  })
  const toServers = await chaosProxy(`${at.socket}a`, at.socket, badLine(60_000))
  // A frame of lines has up to 256 KiB: a connection that is always cut before that much can bring nobody forward.
  const toFollower = await chaosProxy(`${at.socket}f`, at.socket, badLine(900_000))
  const options = { ledger, schema: worldEvents, deadlineMs: 120_000, retryDelayMinMs: 1, retryDelayMaxMs: 5 }
  // Settings that differ keep the two from sharing one connection.
  const servers = ['north', 'south'].map((name, n) => ({
    name,
    world: connect({ ...options, url: `unix:${toServers.socket}`, connectTimeoutMs: 5000 + n }),
  }))
  const follower = connect({ ...options, url: `unix:${toFollower.socket}` })

  const receipts = new Map<string, Receipt>()
  let isOver = false
  const load = servers.map(async ({ name, world }) => {
    for (let n = 0; !isOver; n += 8) {
      const batch = Array.from({ length: 8 }, async (_, k) => {
        const turn = translation(name, n + k)
        receipts.set(`${name} ${turn.ooc_input}`, await world.append('chat.translation', turn))
      })
      await Promise.all(batch)
    }
  })
  // Known once the servers are done; the last line then ends the follower.
  const end: { total?: number } = {}
  const seen: { seq: number; line: string }[] = []
  const following = (async () => {
    for await (const { seq, line } of follower.lines({ follow: true })) {
      seen.push({ seq, line: Buffer.from(line).toString('utf8') })
      if (seen.length === end.total) break
    }
  })()
  const isEnough = (): boolean =>
    toServers.counts.cuts >= cutsWanted && toFollower.counts.cuts >= Math.ceil(cutsWanted / 4)
  // Whoever gives up ends the run at once, with the reason.
  const givenUp = Promise.all([...load, following]).then(() => 'ended')
  while (!isEnough()) await Promise.race([givenUp, new Promise((resolve) => setTimeout(resolve, 20))])
  isOver = true
  await Promise.all(load)
  end.total = receipts.size + 1
  await servers[0]?.world.append('chat.translation', translation('last', 0))
  await following
  await Promise.all([follower.close(), ...servers.map(({ world }) => world.close())])
  await Promise.all([toFollower.close(), toServers.close()])
  expect(await daemon.kill('SIGTERM')).toMatchObject({ code: 0 })

  const text = fs.readFileSync(path.join(at.folder, `${ledger}.jsonl`), 'utf8')
  const lines = text.split('\n').slice(0, -1)
  const { cuts, doubled } = toServers.counts
  Object.assign(counts, { cuts, doubled, 'cuts of the follower': toFollower.counts.cuts, lines: lines.length })
  process.stderr.write(
    `network-chaos: ${cuts} cuts and ${doubled} doubled connections of appenders, ` +
      `${toFollower.counts.cuts} cuts of the follower, ${lines.length} lines\n`,
  )
  expect(lines).toHaveLength(end.total)
  expect(seen).toEqual(lines.map((line, seq) => ({ seq, line })))
  for (const { name } of servers) {
    const own = [...receipts].filter(([key]) => key.startsWith(`${name} `))
    expect(own.length).toBeGreaterThan(0)
    // In the order of the calls, and each receipt names its line.
    expect(own.map(([, { seq }]) => seq)).toEqual(own.map(([, { seq }]) => seq).sort((a, b) => a - b))
    for (const [key, { seq }] of own) expect(lines[seq]).toContain(`"${key.slice(name.length + 1)}"`)
  }
  expect(new Set([...receipts.values()].map(({ seq }) => seq)).size).toBe(receipts.size)
  // What makes the run worth something: faults that struck.
  expect(cuts).toBeGreaterThanOrEqual(cutsWanted)
  expect(doubled).toBeGreaterThan(0)
  at.remove()
})
