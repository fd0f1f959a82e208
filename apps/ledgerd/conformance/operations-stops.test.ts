// Every way to stop a ledger that can be had without a broken disk, on one real daemon: the refusal of an append, `stats`, the
// readiness and the metrics all say why, since when and what to do; and the ledger beside them goes on.
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { remedyOf } from '../src/engine/stop-remedy.ts'
import type { StopReason } from '../src/storage/stop-signal.ts'
import { DaemonProcess, hookTimeoutMs, scratch } from '../test/daemon-process.ts'
import { parseExposition } from '../test/exposition.ts'
import { ask } from '../test/http-caller.ts'
import { run } from '../test/memory-io.ts'
import { translation } from '../test/turns.ts'

interface Way {
  readonly reason: StopReason
  /** What happens to the file while the daemon runs, or before it starts again. */
  readonly whileServed?: (name: string) => void
  readonly beforeStart?: (name: string) => void
}

const at = scratch()
const door = { name: 'socket', socket: at.socket }
const fileOf = (name: string): string => path.join(at.folder, `${name}.jsonl`)
const sidecar = (name: string, file: string): string => path.join(at.folder, '.ledgerd/ledgers', `${name}.jsonl`, file)
const edit = (file: string, change: (text: string) => string): void =>
  fs.writeFileSync(file, change(fs.readFileSync(file, 'latin1')), 'latin1')

const ways: readonly Way[] = [
  { reason: 'foreign-bytes', whileServed: (name) => fs.appendFileSync(fileOf(name), '{}\n') },
  { reason: 'file-replaced', whileServed: (name) => fs.linkSync(fileOf(name), `${fileOf(name)}.copy`) },
  {
    reason: 'epoch-superseded',
    whileServed: (name) => edit(sidecar(name, 'head'), (text) => text.slice(0, 512).repeat(9).slice(0, text.length)),
  },
  {
    reason: 'lock-taken',
    whileServed: (name) => {
      fs.rmdirSync(sidecar(name, 'lock'))
      fs.mkdirSync(sidecar(name, 'inode'))
      fs.mkdirSync(sidecar(name, 'lock'))
    },
  },
  { reason: 'acknowledged-missing', beforeStart: (name) => fs.truncateSync(fileOf(name), 100) },
  {
    reason: 'acknowledged-damaged',
    beforeStart: (name) => edit(fileOf(name), (text) => text.replace(/Mira(?!.*Mira)/s, 'Nora')),
  },
  {
    reason: 'damage-without-head',
    beforeStart: (name) => {
      fs.rmSync(sidecar(name, 'head'))
      edit(fileOf(name), (text) => text.replace('Mira', 'Nora'))
    },
  },
  {
    reason: 'schema-unknown',
    beforeStart: (name) => edit(sidecar(name, 'created.json'), (text) => text.replaceAll('schema-world', 'schema-no')),
  },
  {
    reason: 'schema-contradicted',
    beforeStart: (name) =>
      edit(sidecar(name, 'created.json'), (text) => text.replaceAll(/sha256:[0-9a-f]{8}/g, 'sha256:00000000')),
  },
  {
    reason: 'opening-failed',
    beforeStart: (name) => {
      fs.rmSync(sidecar(name, 'lines'))
      fs.mkdirSync(sidecar(name, 'lines'))
    },
  },
]
const nameOf = ({ reason }: Way): string => `stopped/${reason}`

let daemon: DaemonProcess
let appended = 0
async function append(name: string): Promise<{ status: number; error?: Record<string, unknown> }> {
  const body = `${JSON.stringify({ type: 'chat.translation', data: translation('Mira', appended++) })}\n`
  const answer = await ask(door, { path: `/v1/ledgers/${name}/append`, body })
  const { error } = JSON.parse(answer.body) as { error?: Record<string, unknown> }
  return { status: answer.status, ...(error === undefined ? {} : { error }) }
}

beforeAll(async () => {
  daemon = await DaemonProcess.start(at.folder, at.socket)
  for (const way of ways) for (const _ of [1, 2]) expect((await append(nameOf(way))).status).toBe(200)
  await daemon.kill('SIGTERM')
  for (const way of ways) way.beforeStart?.(nameOf(way))
  daemon = await DaemonProcess.start(at.folder, at.socket)
  for (const way of ways.filter(({ whileServed }) => whileServed !== undefined)) {
    expect((await append(nameOf(way))).status).toBe(200)
    way.whileServed?.(nameOf(way))
  }
}, hookTimeoutMs)
afterAll(async () => {
  await daemon.kill('SIGKILL')
  at.remove()
}, hookTimeoutMs)

const text = expect.any(String) as string

describe.each(ways)('a ledger stopped for $reason', (way) => {
  const { reason } = way
  const ledger = nameOf(way)
  const remedy = remedyOf(reason)
  let since: string

  it('refuses appends with why, since when and what to do', async () => {
    const before = Date.now()
    const { status, error } = await append(ledger)
    expect([status >= 400, error]).toEqual([
      true,
      expect.objectContaining({ details: expect.objectContaining({ reason, remedy, since: text }) }),
    ])
    since = (error as { details: { since: string } }).details.since
    expect(Date.parse(since)).toBeGreaterThan(before - 3_600_000)
    const sentence = String(error?.['message'])
    // Of the group in flight nobody can say whether it is on disk; whoever comes later has it certain.
    expect(error?.['outcome']).toBe(way.whileServed === undefined || reason === 'lock-taken' ? 'absent' : 'unknown')
    for (const part of [ledger, reason, since, remedy]) expect(sentence).toContain(part)
    // The same, however often somebody asks.
    expect((await append(ledger)).error).toMatchObject({ outcome: 'absent', details: { since } })
  })

  it('says the same in its stat, in `stats`, in readiness and in the metrics', async () => {
    const stat = JSON.parse((await ask(door, { path: `/v1/ledgers/${ledger}` })).body) as unknown
    expect(stat).toMatchObject({ ledger, state: 'stopped', reason, since, remedy, message: text })
    const { out } = await run(['stats', ledger, '--url', `unix:${at.socket}`])
    expect(out).toContain(`stopped: ${reason}, since ${since}\n`)
    expect(out).toContain(`what to do: ${remedy}\n`)
    const { out: byFile } = await run(['stats', ledger, '--data', at.folder])
    expect(byFile).toContain(`stopped: ${reason}, since ${since}\n`)
    expect(byFile).toContain(`what to do: ${remedy}\n`)
    const ready = JSON.parse((await ask(door, { path: '/readyz' })).body) as { stopped: unknown[] }
    expect(ready.stopped).toContainEqual({ ledger, reason, since, remedy })
    const page = parseExposition((await ask(door, { path: '/metrics' })).body)
    const samples = page.get('ledgerd_ledger_stopped_timestamp_seconds')?.samples ?? []
    expect(samples.find(({ labels }) => labels['ledger'] === ledger)).toMatchObject({
      labels: { reason, remedy },
      value: Date.parse(since) / 1000,
    })
    const counts = page.get('ledgerd_ledgers_stopped')?.samples ?? []
    expect(counts.find(({ labels }) => labels['reason'] === reason)?.value).toBe(1)
  })
})

it('leaves the others alone', async () => {
  expect((await append('well')).status).toBe(200)
})
