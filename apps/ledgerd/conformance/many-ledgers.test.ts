// A folder of a few hundred ledgers: whoever starts over them opens none, looking at them takes none, and each that is written
// to is held by itself. Counts of descriptors and locks, no times; `pnpm bench --only many` has those, for ten thousand.
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { figuresOf } from '../test/daemon-figures.ts'
import { DaemonProcess, hookTimeoutMs, scratch } from '../test/daemon-process.ts'
import { ask } from '../test/http-caller.ts'
import { FrameClient } from '../test/plain-clients.ts'
import { translation } from '../test/turns.ts'

const count = 300
/** Sockets of the requests that ask, and what comes and goes with them. */
const strayDescriptors = 12
const names = Array.from({ length: count }, (_, n) => `worlds/w${n % 7}/l${n}`).sort()
const at = scratch()
let daemon: DaemonProcess

beforeAll(async () => {
  daemon = await DaemonProcess.start(at.folder, at.socket)
  expect(await append('worlds/first')).toBe(0)
  await daemon.kill('SIGTERM')
  // As if each had been made by the daemon, in a moment instead of a minute.
  for (const name of names) {
    fs.mkdirSync(path.dirname(fileOf(name)), { recursive: true, mode: 0o700 })
    fs.copyFileSync(fileOf('worlds/first'), fileOf(name))
    fs.cpSync(sidecarOf('worlds/first'), sidecarOf(name), { recursive: true })
  }
  daemon = await DaemonProcess.start(at.folder, at.socket)
}, hookTimeoutMs)
afterAll(async () => {
  expect(await daemon.kill('SIGTERM')).toMatchObject({ code: 0 })
  expect(daemon.log).not.toContain('"level":"error"')
  at.remove()
}, hookTimeoutMs)

const fileOf = (name: string): string => path.join(at.folder, `${name}.jsonl`)
const sidecarOf = (name: string): string => path.join(at.folder, '.ledgerd/ledgers', `${name}.jsonl`)
const heldOnDisk = (): string[] => names.filter((name) => fs.existsSync(path.join(sidecarOf(name), 'holder.json')))
const descriptors = (): number => fs.readdirSync(`/proc/${daemon.child.pid}/fd`).length
const door = { name: 'socket', socket: at.socket }

async function held(): Promise<number> {
  const token = fs.readFileSync(path.join(at.folder, '.ledgerd/token'), 'utf8').trim()
  return await figuresOf(daemon, token).metric('ledgerd_ledgers_open')
}

let appended = 0
/** The sequence number of the new line. */
async function append(name: string): Promise<number> {
  const body = `${JSON.stringify({ type: 'chat.translation', data: translation('Mira', appended++) })}\n`
  const answer = await ask(door, { path: `/v1/ledgers/${name}/append`, body })
  return (JSON.parse(answer.body) as { seq: number }).seq
}

const nameAt = (index: number): string => names[index] as string

it('a start opens none of them, nor does a list', { timeout: 60_000 }, async () => {
  const before = descriptors()
  expect([await held(), heldOnDisk()]).toEqual([0, []])
  const list = await ask(door, { path: '/v1/ledgers?pattern=worlds/*/*' })
  const stats = list.body.trimEnd().split('\n')
  expect(stats.map((line) => JSON.parse(line) as unknown)).toEqual(
    names.map((ledger) => expect.objectContaining({ ledger, size: 1, state: 'open' }) as unknown),
  )
  expect([await held(), heldOnDisk()]).toEqual([0, []])
  expect(descriptors() - before).toBeLessThan(strayDescriptors)
})

it('an append opens one, and a read of a short one none', { timeout: 60_000 }, async () => {
  const before = descriptors()
  expect((await ask(door, { path: `/v1/ledgers/${nameAt(5)}/lines` })).body).toContain('"event_id"')
  expect(await append(nameAt(9))).toBe(1)
  expect([await held(), heldOnDisk()]).toEqual([1, [nameAt(9)]])
  // The file twice, its index, its head record.
  expect(descriptors() - before).toBeLessThanOrEqual(4 + strayDescriptors)
})

it('a follower of all of them opens none, and hears of each', { timeout: 60_000 }, async () => {
  const client = await new FrameClient({ path: at.socket }, {}).greeted()
  client.send({ t: 'follow', id: 1, ledgers: ['worlds/*/*'], from: 'end', live: true, credit: 1 << 20 })
  const live = new Set<string>()
  while (live.size < count) {
    const { header } = await client.next('status')
    expect(header.status).toBe('live')
    live.add(header.ledger)
  }
  expect([...live].sort()).toEqual(names)
  expect(await held()).toBe(1)
  for (const index of [0, 100, 299]) {
    await append(nameAt(index))
    expect((await client.next('lines')).header).toMatchObject({ ledger: nameAt(index), from: 1, n: 1 })
  }
  expect(await held()).toBe(4)
  client.ws.terminate()
})

it('a start after a kill takes none of those that were held, until somebody asks', { timeout: 60_000 }, async () => {
  const left = heldOnDisk()
  expect(left).toHaveLength(4)
  await daemon.kill('SIGKILL')
  daemon = await DaemonProcess.start(at.folder, at.socket)
  expect([await held(), heldOnDisk()]).toEqual([0, left])
  expect(await append(nameAt(9))).toBe(2)
  expect((await ask(door, { path: `/v1/ledgers/${nameAt(100)}/lines` })).body.trimEnd().split('\n')).toHaveLength(2)
  expect(await held()).toBe(1)
})
