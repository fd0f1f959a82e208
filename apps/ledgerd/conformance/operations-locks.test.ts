// The locks of a real daemon, from outside: who is refused is told host, process and start; the epoch is raised by every
// opening and stands in the lock file, in every receipt, over both faces; what a kill left behind costs no waiting; and a
// lost hold is noticed before anything is written.
import fs from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { connect, type Receipt } from '@ledgerd/client'
import { worldEvents } from '@ledgerd/schema-world-events'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { DaemonProcess, scratch } from '../test/daemon-process.ts'
import { run } from '../test/memory-io.ts'
import { translation } from '../test/turns.ts'

const ledger = 'worlds/hall'
const timeoutMs = 60_000
let at: ReturnType<typeof scratch>
let daemon: DaemonProcess
beforeAll(async () => {
  at = scratch()
  daemon = await DaemonProcess.start(at.folder, at.socket)
}, timeoutMs)
afterAll(async () => {
  await daemon.kill('SIGKILL')
  at.remove()
})

const fileOf = (name: string): string => path.join(at.folder, `${name}.jsonl`)
const sidecar = (file: string, name = ledger): string => path.join(at.folder, '.ledgerd/ledgers', `${name}.jsonl`, file)
const holder = (): Record<string, unknown> =>
  JSON.parse(fs.readFileSync(sidecar('holder.json'), 'utf8')) as Record<string, unknown>

async function appendOne(n: number, name = ledger): Promise<Receipt> {
  const options = { ledger: name, schema: worldEvents, url: `unix:${at.socket}`, deadlineMs: 10_000 }
  await using handle = connect(options)
  return await handle.append('chat.translation', translation('Mira', n), { key: `turn ${n}` })
}

/** A receipt over HTTP. */
async function postOne(n: number): Promise<Record<string, unknown>> {
  const body = `${JSON.stringify({ type: 'chat.translation', data: translation('Mira', n) })}\n`
  return await new Promise((resolve, reject) => {
    const request = http.request(
      { socketPath: at.socket, method: 'POST', path: `/v1/ledgers/${ledger}/append` },
      (response) => {
        let text = ''
        response.on('data', (chunk: Buffer) => (text += chunk.toString()))
        response.on('end', () => resolve(JSON.parse(text) as Record<string, unknown>))
      },
    )
    request.on('error', reject)
    request.end(body)
  })
}

it('gives the epoch in the lock file and in every receipt, a repeated one and one over HTTP', {
  timeout: timeoutMs,
}, async () => {
  const first = await appendOne(1)
  const again = await appendOne(1)
  const posted = await postOne(2)
  expect(again).toMatchObject({ seq: first.seq, duplicate: true })
  expect([first.epoch, again.epoch, posted['epoch'], holder()['epoch']]).toEqual([1, 1, 1, 1])
})

it('names host, process and start of the holder, of a folder and of a ledger', { timeout: timeoutMs }, async () => {
  const { pid, host, since } = holder()
  expect([pid, host]).toEqual([daemon.child.pid, os.hostname()])
  const second = DaemonProcess.spawn(at.folder, `${at.socket}2`)
  expect(await second.exited).toMatchObject({ code: 5 })
  expect(second.said).toMatch(new RegExp(`LEDGER_LOCKED.* process ${String(pid)} on ${os.hostname()}, since 20\\d\\d-`))
  // A repair takes the ledger's lock alone.
  const { exitCode, err } = await run(['repair', '--apply', fileOf(ledger)])
  expect(exitCode).toBe(5)
  expect(err).toContain(`process ${String(pid)} on ${String(host)}, since ${String(since)}`)
})

it('takes over at once what a killed daemon left, and raises the epoch', { timeout: timeoutMs }, async () => {
  await daemon.kill('SIGKILL')
  // From the future: a lock that only its age gives away would be waited for, or refused.
  const later = new Date(Date.now() + 3_600_000)
  fs.utimesSync(sidecar('lock'), later, later)
  expect(fs.existsSync(sidecar('holder.json'))).toBe(true)
  daemon = await DaemonProcess.start(at.folder, at.socket)
  expect((await appendOne(3)).epoch).toBe(2)
  expect(holder()).toMatchObject({ epoch: 2, pid: daemon.child.pid })
})

const thefts: readonly { name: string; steal: (victim: string) => void; reason: string }[] = [
  {
    name: 'the file was replaced by a copy',
    steal: (victim) => {
      fs.copyFileSync(fileOf(victim), path.join(at.folder, 'copy'))
      fs.renameSync(path.join(at.folder, 'copy'), fileOf(victim))
    },
    reason: 'file-replaced',
  },
  {
    name: 'another writer began an epoch',
    steal: (victim) => {
      const head = fs.readFileSync(sidecar('head', victim))
      fs.writeFileSync(sidecar('head', victim), Buffer.alloc(head.length, head.subarray(0, 512)), { flag: 'r+' })
    },
    reason: 'epoch-superseded',
  },
  {
    name: 'a program that knows only the visible lock took it',
    steal: (victim) => {
      fs.rmdirSync(sidecar('lock', victim))
      fs.mkdirSync(sidecar('inode', victim))
      fs.mkdirSync(sidecar('lock', victim))
    },
    reason: 'lock-taken',
  },
  {
    name: 'another program appended',
    steal: (victim) => fs.appendFileSync(fileOf(victim), '{}\n'),
    reason: 'foreign-bytes',
  },
]
for (const { name, steal, reason } of thefts)
  it(`writes nothing after ${name}, says so, and serves the others`, { timeout: timeoutMs }, async () => {
    const victim = `stolen/${reason}`
    await appendOne(1, victim)
    steal(victim)
    const stolen = fs.readFileSync(fileOf(victim))
    const refused = await appendOne(2, victim).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'LEDGER_STOPPED', details: { reason, remedy: expect.any(String) as string } })
    expect(fs.readFileSync(fileOf(victim)).equals(stolen)).toBe(true)
    const said = (): unknown => {
      const line = daemon.log.split('\n').find((text) => text.includes('"ledger stopped"') && text.includes(victim))
      return JSON.parse(line ?? '{}')
    }
    const text = expect.any(String) as string
    await expect.poll(said).toMatchObject({ reason, since: text, remedy: text })
    expect(await appendOne(3)).toMatchObject({ duplicate: true })
  })

it('takes a visible lock again that was removed, and goes on', { timeout: timeoutMs }, async () => {
  fs.rmdirSync(sidecar('lock'))
  expect((await appendOne(4)).duplicate).toBe(false)
  await expect.poll(() => fs.existsSync(sidecar('lock'))).toBe(true)
  await expect.poll(() => daemon.log).toContain('the visible lock was removed by somebody')
})
