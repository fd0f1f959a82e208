// SIGKILL of the daemon under load, again and again: every receipt names a line that is there, once, where the receipt says;
// nothing is torn; the clients never notice more than a reconnect. KILL_CYCLES=200 is the long form.
import fs from 'node:fs'
import path from 'node:path'
import { connect, type Receipt } from '@ledgerd/client'
import { worldEvents } from '@ledgerd/schema-world-events'
import { checkFolder, readFolder } from '@ledgerd/testkit'
import { expect, it } from 'vitest'
import { DaemonProcess, scratch } from '../test/daemon-process.ts'
import { rounds, seeded, seedOfRun } from '../test/seeded.ts'
import { eventIdIn, translation } from '../test/turns.ts'

const cycles = rounds('KILL_CYCLES', 5)
const writers = 4
const ledgers = ['worlds/hall', 'worlds/yard']

it(`loses no acknowledged line over ${cycles} kills`, { timeout: 60_000 + cycles * 5_000 }, async () => {
  const at = scratch()
  const random = seeded(seedOfRun('kill-nine'))
  const receipts: Receipt[] = []
  let isOver = false
  let daemon = await DaemonProcess.start(at.folder, at.socket)
  const handles = ledgers.map((ledger) =>
    connect({
      ledger,
      schema: worldEvents,
      url: `unix:${at.socket}`,
      deadlineMs: 120_000,
      retryDelayMinMs: 5,
      retryDelayMaxMs: 40,
    }),
  )
  const load = handles.flatMap((handle, which) =>
    Array.from({ length: writers }, async (_, writer) => {
      for (let n = 0; !isOver; n++) {
        const batch = Array.from({ length: 1 + Math.floor(random() * 30) }, (_, k) =>
          handle.append('chat.translation', translation(`${which}-${writer}`, n * 100 + k)),
        )
        receipts.push(...(await Promise.all(batch)))
      }
    }),
  )
  let tails = 0
  for (let cycle = 0; cycle < cycles; cycle++) {
    const before = receipts.length
    while (receipts.length === before) await pause(5)
    await pause(random() * 200)
    expect(await daemon.kill('SIGKILL')).toMatchObject({ signal: 'SIGKILL' })
    tails += ledgers.filter((ledger) => isAheadOfHead(at.folder, ledger)).length
    daemon = await DaemonProcess.start(at.folder, at.socket)
  }
  isOver = true
  await Promise.all(load)
  await Promise.all(handles.map((handle) => handle.close()))
  expect(await daemon.kill('SIGTERM')).toMatchObject({ code: 0 })

  const evidence = { receipts, followers: [] }
  expect(checkFolder({ image: readFolder(at.folder), evidence, identityOf: eventIdIn, tail: 'none' })).toEqual([])
  process.stderr.write(`kill-nine: ${cycles} kills, ${receipts.length} receipts, ${tails} unconfirmed tails\n`)
  expect(receipts.length, 'enough receipts to judge by').toBeGreaterThan(cycles * 10)
  at.remove()
})

/** True when the kill struck between a write and its receipt. */
function isAheadOfHead(folder: string, ledger: string): boolean {
  const file = path.join(folder, '.ledgerd/ledgers', `${ledger}.jsonl`, 'head')
  if (!fs.existsSync(file)) return false
  const head = fs.readFileSync(file, 'latin1')
  const committed = Math.max(...[...head.matchAll(/"bytes":(\d+)/g)].map(([, bytes]) => Number(bytes)))
  return fs.statSync(path.join(folder, `${ledger}.jsonl`)).size > committed
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs))
}
