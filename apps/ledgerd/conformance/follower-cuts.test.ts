// A replay tool whose connection is cut at random bytes while two game servers append over connections that are cut as well:
// every line reaches it once, in order, and is the line of the file. FOLLOWER_CUTS=1000 is the long form.
import fs from 'node:fs'
import path from 'node:path'
import { connect } from '@ledgerd/client'
import { worldEvents } from '@ledgerd/schema-world-events'
import { expect, it } from 'vitest'
import { cuttingProxy } from '../test/cutting-proxy.ts'
import { DaemonProcess, scratch } from '../test/daemon-process.ts'
import { rounds, seeded, seedOfRun } from '../test/seeded.ts'
import { translation } from '../test/turns.ts'

const cutsWanted = rounds('FOLLOWER_CUTS', 40)
const ledger = 'worlds/hall'

it(`sees every line once and in order over ${cutsWanted} cuts`, { timeout: 60_000 + cutsWanted * 500 }, async () => {
  const at = scratch()
  const random = seeded(seedOfRun('follower-cuts'))
  const daemon = await DaemonProcess.start(at.folder, at.socket)
  const toFollower = await cuttingProxy(`${at.socket}f`, at.socket, () => 300 + random() ** 3 * 900_000)
  const toServers = await cuttingProxy(`${at.socket}g`, at.socket, () => 2_000 + random() * 400_000)
  const options = { ledger, schema: worldEvents, deadlineMs: 120_000, retryDelayMinMs: 1, retryDelayMaxMs: 5 }

  const follower = connect({ ...options, url: `unix:${toFollower.socket}` })
  const servers = ['north', 'south'].map((name) => ({
    name,
    world: connect({ ...options, url: `unix:${toServers.socket}` }),
  }))
  let isOver = false
  let appended = 1
  /** Known once the servers are done; one more line then ends the follower. */
  const end: { total?: number } = {}
  const load = servers.map(async ({ name, world }) => {
    for (let n = 0; !isOver; n++) {
      const batch = Array.from({ length: 8 }, (_, k) => world.append('chat.translation', translation(name, n * 8 + k)))
      await Promise.all(batch)
      appended += batch.length
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  })

  await servers[0]?.world.append('chat.translation', translation('first', 0))
  const seen: { seq: number; line: string }[] = []
  const following = (async () => {
    for await (const { seq, line } of follower.lines({ follow: true })) {
      seen.push({ seq, line: Buffer.from(line).toString('utf8') })
      if (seen.length === end.total) break
    }
  })()
  while (toFollower.cuts < cutsWanted) await new Promise((resolve) => setTimeout(resolve, 20))
  isOver = true
  await Promise.all(load)
  end.total = appended + 1
  await servers[0]?.world.append('chat.translation', translation('last', 0))
  await following
  await Promise.all([follower.close(), ...servers.map(({ world }) => world.close())])
  await Promise.all([toFollower.close(), toServers.close()])
  await daemon.kill('SIGTERM')

  const lines = fs
    .readFileSync(path.join(at.folder, `${ledger}.jsonl`), 'utf8')
    .split('\n')
    .slice(0, -1)
  process.stderr.write(
    `follower-cuts: ${toFollower.cuts} cuts of the follower, ${toServers.cuts} of the servers, ${lines.length} lines\n`,
  )
  expect(lines).toHaveLength(end.total)
  expect(seen.map(({ seq }) => seq)).toEqual(lines.map((_, n) => n))
  expect(seen.map(({ line }) => line)).toEqual(lines)
  expect(toFollower.cuts).toBeGreaterThanOrEqual(cutsWanted)
  at.remove()
})
