// Suite C of reliability §11: SIGKILL of the daemon under load, again and again. Every receipt names a line that is there,
// once, where the receipt says; every call became one line, whatever the client had to send again; a follower sees each
// line once and in order. KILL_CYCLES kills, SEED the chance.
import fs from 'node:fs'
import path from 'node:path'
import { connect, type Receipt } from '@ledgerd/client'
import { worldEvents } from '@ledgerd/schema-world-events'
import { checkFolder, readFolder, type SeenLine, type Violation } from '@ledgerd/testkit'
import { expect, it } from 'vitest'
import { handIn } from '../faults/suite-report.ts'
import { DaemonProcess, scratch } from '../test/daemon-process.ts'
import { rounds, seeded, seedOfRun } from '../test/seeded.ts'
import { eventIdIn, translation } from '../test/turns.ts'

const cycles = rounds('KILL_CYCLES', 5, { faults: 200, long: 13_000 })
const writers = 4
const lastWriter = 'the last'
const ledgers = ['worlds/hall', 'worlds/yard']

it(`loses no acknowledged line over ${cycles} kills`, { timeout: 60_000 + cycles * 20_000 }, async () => {
  const at = scratch()
  const seed = seedOfRun('kill-nine')
  const random = seeded(seed)
  const options = { schema: worldEvents, url: `unix:${at.socket}`, deadlineMs: 120_000 }
  const retries = { retryDelayMinMs: 5, retryDelayMaxMs: 40 }
  const receipts: Receipt[] = []
  let isOver = false
  let daemon = await DaemonProcess.start(at.folder, at.socket)
  const handles = ledgers.map((ledger) => connect({ ledger, ...options, ...retries }))
  const append = async (which: number, writer: string, n: number): Promise<void> => {
    const receipt = await handles[which]?.append('chat.translation', translation(writer, n))
    if (receipt !== undefined) receipts.push(receipt)
  }
  const load = handles.flatMap((_, which) =>
    Array.from({ length: writers }, async (_unused, writer) => {
      for (let n = 0; !isOver; n++) {
        const batch = Array.from({ length: 1 + Math.floor(random() * 30) }, (_each, k) => n * 100 + k)
        await Promise.all(batch.map((number) => append(which, `${which}-${writer}`, number)))
      }
    }),
  )
  const followers = ledgers.map((ledger) => connect({ ledger, ...options, ...retries, connectTimeoutMs: 5001 }))
  // The line that the writers end with ends the follower, however many came before it.
  const following = followers.map(async (follower, which) => {
    const seen: SeenLine[] = []
    for await (const { seq, line } of follower.lines({ follow: true })) {
      seen.push({ ledger: ledgers[which] ?? '', seq, line: Uint8Array.from(line) })
      if (Buffer.from(line).includes(`"${lastWriter}"`)) break
    }
    return seen
  })
  let tails = 0
  for (let cycle = 0; cycle < cycles; cycle++) {
    // Of either by turns of chance: on a busy machine one that is only waited for beside the other gets none in minutes.
    const ledger = ledgers[Math.floor(random() * ledgers.length)]
    const from = receipts.length
    while (!receipts.slice(from).some((receipt) => receipt.ledger === ledger)) await pause(5)
    await pause(random() * 200)
    expect(await daemon.kill('SIGKILL')).toMatchObject({ signal: 'SIGKILL' })
    tails += ledgers.filter((ledger) => isAheadOfHead(at.folder, ledger)).length
    daemon = await DaemonProcess.start(at.folder, at.socket)
  }
  isOver = true
  await Promise.all(load)
  for (const which of ledgers.keys()) await append(which, lastWriter, 0)
  const seen = await Promise.all(following)
  await Promise.all([...handles, ...followers].map((handle) => handle.close()))
  expect(await daemon.kill('SIGTERM')).toMatchObject({ code: 0 })

  const image = readFolder(at.folder)
  const evidence = { receipts, followers: seen }
  const violations = checkFolder({ image, evidence, identityOf: eventIdIn, tail: 'none' })
  for (const ledger of ledgers) violations.push(...sentTwice(ledger, path.join(at.folder, `${ledger}.jsonl`)))
  const followed = seen.reduce((sum, { length }) => sum + length, 0)
  handIn({
    suite: 'C kill -9 of the daemon',
    counts: { kills: cycles, receipts: receipts.length, 'lines followed': followed, 'unconfirmed tails': tails },
    violations,
    guards: [
      { name: 'receipts', value: receipts.length, min: cycles * 10 },
      { name: 'lines followed', value: followed, min: receipts.length },
    ],
    seed,
    notRun: [],
  })
  at.remove()
})

/** What was appended by one call and stands twice: sent again under another identity. */
function sentTwice(ledger: string, file: string): Violation[] {
  const places = new Map<string, number>()
  const found: Violation[] = []
  for (const [seq, line] of fs.readFileSync(file, 'utf8').split('\n').slice(0, -1).entries()) {
    const [, text = ''] = /"ooc_input": ?("[^"]*")/.exec(line) ?? []
    const [, writer = ''] = /"character_name": ?("[^"]*")/.exec(line) ?? []
    const earlier = places.get(writer + text)
    if (text === '' || writer === '') found.push({ kind: 'torn', ledger, sentence: `seq ${seq} is no translation` })
    else if (earlier !== undefined)
      found.push({ kind: 'repeated', ledger, sentence: `${text} of ${writer} stands at seq ${earlier} and ${seq}` })
    places.set(writer + text, seq)
  }
  return found
}

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
