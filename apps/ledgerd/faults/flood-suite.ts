// Suite K of reliability §11: floods of connections, bytes, identities and slow headers on the real daemon, one after the
// other. An honest client in a process of its own is served meanwhile within 250 ms at p99, or gets a code that says why
// not; the daemon's memory stays below 512 MB; and when the flood is over the daemon is as well as ever. On a machine that
// is too busy to serve it promptly without a flood, what it waits is not judged.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { LedgerError } from '@ledgerd/schema'
import type { Violation } from '@ledgerd/testkit'
import { figuresOf } from '../test/daemon-figures.ts'
import { DaemonProcess, scratch } from '../test/daemon-process.ts'
import { quantile } from '../test/latency.ts'
import { FrameClient } from '../test/plain-clients.ts'
import type { SuiteReport } from './suite-report.ts'

export interface FloodSuiteOptions {
  /** How long each flood goes on. */
  readonly secondsEach: number
  readonly seed: number
}

const honestMsMax = 250
/** Without a flood; a machine that takes longer for an append has other work. */
const calmMsMax = 25
/** What is garbage need not be held: without a limit the collector takes its time. */
const heap = { NODE_OPTIONS: '--max-old-space-size=320' }
const residentBytesMax = 512_000_000
const codesMax = new Set(['BUSY', 'QUEUE_FULL', 'RATE_LIMITED'])
const lookMs = 100
const strangers = 4
/** Batches of nearly 1 MiB: few long lines, or many short ones. */
const longLines = { lines: 16, textLength: 60_000 }
const shortLines = { lines: 5000, textLength: 4 }

interface Flooded {
  readonly daemon: DaemonProcess
  readonly socket: string
  readonly token: string
  isOver(): boolean
  count(what: string, more: number): void
}

const calm = 'no flood'

const floods: readonly { readonly name: string; flood(at: Flooded): Promise<unknown> }[] = [
  { name: calm, flood: (at) => waitUntilOver(at) },
  { name: 'connections', flood: (at) => together(64, () => connectAndLeave(at)) },
  {
    name: 'bytes',
    flood: (at) => together(strangers, (n) => sendBatches(at, (round) => batch(`b${n}`, round, longLines))),
  },
  {
    name: 'identities',
    flood: (at) => together(strangers, (n) => sendBatches(at, (round) => batch(`c${n}`, round, shortLines))),
  },
  { name: 'retries', flood: (at) => together(strangers, (n) => sendBatches(at, () => batch(`d${n}`, 0, shortLines))) },
  { name: 'slow headers', flood: (at) => together(500, (n) => drip(at, n)) },
]

/** Floods one daemon in every way. */
export async function runFloodSuite({ secondsEach, seed }: FloodSuiteOptions): Promise<SuiteReport> {
  const counts: Record<string, number> = {}
  const violations: Violation[] = []
  const guards = []
  const at = scratch()
  const daemon = await DaemonProcess.start(at.folder, at.socket, [], heap)
  let calmMs = 0
  const token = fs.readFileSync(path.join(at.folder, '.ledgerd/token'), 'utf8').trim()
  const { residentBytes } = figuresOf(daemon, token)
  for (const { name, flood } of floods) {
    const end = performance.now() + secondsEach * 1000
    let residentMost = 0
    const looking = setInterval(() => {
      residentMost = Math.max(residentMost, residentBytes())
    }, lookMs)
    const count = (what: string, more: number): void => void (counts[what] = (counts[what] ?? 0) + more)
    const honest = startHonest(at.socket, `worlds/honest-${name.replaceAll(' ', '-')}`)
    await flood({ daemon, socket: at.socket, token, isOver: () => performance.now() >= end, count })
    const { times, refused } = await honest.stop()
    clearInterval(looking)
    const p99 = quantile(times, 0.99)
    if (name === calm) calmMs = p99
    counts[`${name}: honest appends`] = times.length
    counts[`${name}: honest p99 in ms`] = Math.round(p99)
    counts[`${name}: most MB`] = Math.round(residentMost / 1e6)
    guards.push({ name: `${name}: honest appends`, value: times.length, min: secondsEach })
    const say = (sentence: string): void =>
      void violations.push({ kind: 'misbehaved', ledger: '', sentence: `${name}: ${sentence}` })
    const unclear = Object.keys(refused).filter((code) => !codesMax.has(code))
    if (unclear.length > 0) say(`the honest client was refused with ${unclear.join()}`)
    const isJudged = calmMs <= calmMsMax
    if (isJudged && p99 > honestMsMax && Object.keys(refused).length === 0)
      say(`the honest client waited ${p99.toFixed(0)} ms`)
    if (residentMost > residentBytesMax) say(`the daemon grew to ${residentMost} bytes`)
  }
  const { code } = await daemon.kill('SIGTERM')
  if (code !== 0) violations.push({ kind: 'misbehaved', ledger: '', sentence: `the daemon ended with ${code}` })
  at.remove()
  const made = ['connections', 'bytes', 'lines', 'slow connections'].map((what) => ({
    name: what,
    value: counts[what] ?? 0,
    min: secondsEach * 10,
  }))
  const busy = `what the honest client waits: without a flood it was ${calmMs.toFixed(0)} ms, the machine is busy`
  const notRun = calmMs > calmMsMax ? [busy] : []
  return { suite: 'K floods', counts, violations, guards: [...guards, ...made], seed, notRun }
}

async function together(count: number, one: (n: number) => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, n) => one(n)))
}

async function waitUntilOver({ isOver }: Flooded): Promise<void> {
  while (!isOver()) await new Promise((resolve) => setTimeout(resolve, lookMs))
}

async function connectAndLeave({ socket, isOver, count }: Flooded): Promise<void> {
  while (!isOver()) {
    const client = await new FrameClient({ path: socket }, {}).greeted()
    client.ws.terminate()
    await client.closed
    count('connections', 1)
  }
}

/** As fast as the daemon takes them: two batches are on their way at any time. */
async function sendBatches({ daemon, token, isOver, count }: Flooded, make: (round: number) => Batch): Promise<void> {
  const headers = { authorization: `Bearer ${token}` }
  const client = await new FrameClient({ port: daemon.port }, { headers }).greeted()
  client.ws.on('message', (data: Buffer) => {
    if (data.includes('"t":"ping"')) client.send({ t: 'pong' })
  })
  let waiting = 0
  for (let round = 0; !isOver() || waiting > 0; ) {
    for (; waiting < 2 && !isOver(); waiting++) {
      const { lines, bytes } = make(round++)
      client.send({ t: 'append', id: round, ledger: 'worlds/flood', n: lines }, bytes)
      count('bytes', bytes.length)
      count('lines', lines)
    }
    const { header } = await client.nextOf('receipts', 'outcomes', 'error')
    waiting -= header.t === 'receipts' ? header.acks.length : 1
    if (header.t !== 'error') continue
    const { code } = header.error
    if (!codesMax.has(code)) throw new LedgerError(code, `a flood was refused with ${code}`)
    count('refusals', 1)
  }
  client.ws.close(1000)
}

interface Batch {
  readonly lines: number
  readonly bytes: Buffer
}

/** Drafts with identities of this stranger's and this round's. */
function batch(stranger: string, round: number, { lines, textLength }: typeof longLines): Batch {
  const text = 'x'.repeat(textLength)
  const name = stranger.padEnd(8, '0') + round.toString(16).padStart(8, '0')
  const drafts = Array.from({ length: lines }, (_, k) => {
    const id = name + k.toString(16).padStart(16, '0')
    return `{"data": {"note": "${text}", "number": ${k}}, "id": "${id}", "link": null, "meta": {}, "type": "flood.noted"}\n`
  })
  return { lines, bytes: Buffer.from(drafts.join('')) }
}

/** Headers that never end, a byte now and again, until the daemon hangs up; then once more. */
async function drip({ daemon, isOver, count }: Flooded, n: number): Promise<void> {
  while (!isOver()) {
    const socket = net.connect(daemon.port, '127.0.0.1')
    // Cut off while a drop was on its way.
    socket.on('error', () => undefined)
    socket.write(n % 2 === 0 ? 'GET /healthz HTTP/1.1\r\nX-A: ' : 'POST /v1/led')
    const dripping = setInterval(() => socket.write('x'), 300)
    socket.resume()
    await once(socket, 'close')
    clearInterval(dripping)
    count('slow connections', 1)
  }
}

interface HonestSaid {
  /** Sorted. */
  readonly times: readonly number[]
  readonly refused: Readonly<Record<string, number>>
}

function startHonest(socket: string, ledger: string): { stop(): Promise<HonestSaid> } {
  const program = path.join(import.meta.dirname, '../test/honest-process.mjs')
  const child = spawn(process.execPath, [program, socket, ledger], { stdio: ['pipe', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  return {
    stop: async () => {
      const closed = once(child, 'close')
      child.stdin.end()
      await closed
      return JSON.parse(said) as HonestSaid
    },
  }
}
