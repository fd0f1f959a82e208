// Suite J of reliability §11: a replay tool whose connection is cut at random bytes while two game servers append over
// connections that are cut as well. Every line reaches it once, in order, and is the line of the file. FOLLOWER_CUTS is the
// number of cuts, SEED the chance.
import fs from 'node:fs'
import path from 'node:path'
import { connect } from '@ledgerd/client'
import { worldEvents } from '@ledgerd/schema-world-events'
import { type SeenLine, splitAtLineFeeds, type Violation } from '@ledgerd/testkit'
import { it } from 'vitest'
import { handIn } from '../faults/suite-report.ts'
import { cuttingProxy } from '../test/cutting-proxy.ts'
import { DaemonProcess, scratch } from '../test/daemon-process.ts'
import { rounds, seeded, seedOfRun } from '../test/seeded.ts'
import { translation } from '../test/turns.ts'

const cutsWanted = rounds('FOLLOWER_CUTS', 40, { faults: 200, long: 1000 })
const ledger = 'worlds/hall'

it(`sees every line once and in order over ${cutsWanted} cuts`, { timeout: 60_000 + cutsWanted * 2_000 }, async () => {
  const at = scratch()
  const seed = seedOfRun('follower-cuts')
  const random = seeded(seed)
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
  const seen: SeenLine[] = []
  const following = (async () => {
    for await (const { seq, line } of follower.lines({ follow: true })) {
      seen.push({ ledger, seq, line: Uint8Array.from(line) })
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

  const { lines } = splitAtLineFeeds(fs.readFileSync(path.join(at.folder, `${ledger}.jsonl`)))
  handIn({
    suite: 'J followers, cut',
    counts: { cuts: toFollower.cuts, 'cuts of the servers': toServers.cuts, lines: lines.length, seen: seen.length },
    violations: differences(lines, seen),
    guards: [
      { name: 'cuts', value: toFollower.cuts, min: cutsWanted },
      { name: 'lines', value: lines.length, min: end.total },
    ],
    seed,
    notRun: [],
  })
  at.remove()
})

/** Gaps, repeats, and lines that are not those of the file. */
function differences(lines: readonly Uint8Array[], seen: readonly SeenLine[]): Violation[] {
  const found: Violation[] = []
  const say = (kind: Violation['kind'], sentence: string): void => void found.push({ kind, ledger, sentence })
  for (const [at, { seq, line }] of seen.entries()) {
    if (seq !== at) say('out-of-order', `seq ${seq} came where ${at} was next`)
    else if (Buffer.compare(line, lines[at] ?? new Uint8Array()) !== 0) say('phantom', `seq ${seq} is another line`)
  }
  if (seen.length !== lines.length) say('out-of-order', `${seen.length} of ${lines.length} lines were seen`)
  return found.slice(0, 20)
}
