// Descriptors that run out, one by one, under a real daemon: whatever is asked for is answered with a code that may pass,
// nobody is told of a defect, the daemon lives, and all of it works once there is room again. Needs prlimit(1) of Linux.
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import type { ClientFrame, DaemonFrame, DecodedFrame } from '@ledgerd/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatGrants } from '../src/auth/grant.ts'
import { hashToken } from '../src/auth/token.ts'
import { DaemonProcess, hookTimeoutMs, scratch } from '../test/daemon-process.ts'
import { runDraft } from '../test/family-drafts.ts'
import { FrameClient } from '../test/plain-clients.ts'
import { translation } from '../test/turns.ts'

const hasLimits = spawnSync('prlimit', ['--version']).status === 0
/** With this much room everything is answered. */
const roomMax = 6
const enough = 4096
const at = scratch()
const fileOf = (ledger: string): string => path.join(at.folder, `${ledger}.jsonl`)
const runs = path.join(import.meta.dirname, '../../../packages/schemas/kernel-runs/vectors/real_cli_runs.jsonl')

/** What came of a request: a code, `ok`, or `cut` where the connection found no descriptor. */
type Word = string

let daemon: DaemonProcess
let client: FrameClient
let lastId = 0
/** One connection that stays: it takes no descriptor. */
const kept = new http.Agent({ keepAlive: true, maxSockets: 1 })
const keptWithToken = new http.Agent({ keepAlive: true, maxSockets: 1 })

/** Lets the daemon take so many more descriptors. */
function leaveRoom(count: number): void {
  const { pid } = daemon.child
  const taken = new Set(fs.readdirSync(`/proc/${pid}/fd`).map(Number))
  let limit = 0
  for (let free = 0; free < count || taken.has(limit); limit++) if (!taken.has(limit)) free++
  expect(spawnSync('prlimit', ['--pid', String(pid), `--nofile=${limit}:${enough}`]).status).toBe(0)
}

function makeRoom(): void {
  expect(spawnSync('prlimit', ['--pid', String(daemon.child.pid), `--nofile=${enough}:${enough}`]).status).toBe(0)
}

type Frames = readonly DaemonFrame['t'][]
const answers: Frames = ['receipts', 'outcomes', 'error', 'line', 'stat', 'end']

async function say(frame: ClientFrame, body?: string): Promise<Word> {
  client.send(frame, body)
  const { header, body: text } = (await client.nextOf(...answers)) as DecodedFrame<DaemonFrame>
  if (header.t === 'error' || header.t === 'end') return header.error?.code ?? 'ok'
  if (header.t !== 'outcomes') return 'ok'
  const { error } = JSON.parse(Buffer.from(text).toString().split('\n')[0] ?? '') as { error?: { code: string } }
  return error?.code ?? 'ok'
}

const append = (ledger: string, draft: object): Promise<Word> =>
  say({ t: 'append', id: ++lastId, ledger, n: 1 }, `${JSON.stringify(draft)}\n`)
const turn = (n: number): object => ({
  type: 'chat.translation',
  id: n.toString(16).padStart(32, '0'),
  data: translation('Mira', n),
})
const follow = (...ledgers: string[]): Promise<Word> =>
  say({ t: 'follow', id: ++lastId, ledgers, from: 'start', live: false, credit: 1 << 20 })

/** Over HTTP; a defect if any line of the answer says one, else the first code. */
async function get(target: string, options: http.RequestOptions): Promise<Word> {
  const request = http.get({ path: target, ...options })
  try {
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    const text = Buffer.concat((await response.toArray()) as Buffer[]).toString()
    const codes = [...text.matchAll(/"code":"([A-Z_]+)"/g)].map(([, code = '']) => code)
    return codes.find((code) => code === 'INTERNAL') ?? codes[0] ?? 'ok'
  } catch {
    return 'cut'
  }
}

const guest = 'G'.repeat(43)
const authorized = { headers: { authorization: `Bearer ${guest}` } }
/** The same grant in another file: the daemon has to read it. */
function touchTokens(n: number): void {
  const grant = { name: 'guest', sha256: hashToken(guest).toString('hex'), created: '2026-03-01T10:00:00Z' }
  const other = { ...grant, name: `other${n}`, sha256: hashToken(String(n)).toString('hex') }
  const scope = { allow: ['read'], ledgers: ['**'] } as const
  const file = path.join(at.folder, '.ledgerd/tokens.json')
  fs.writeFileSync(
    `${file}.new`,
    formatGrants([
      { ...grant, ...scope },
      { ...other, ...scope },
    ]),
    { mode: 0o600 },
  )
  fs.renameSync(`${file}.new`, file)
}

const overSocket = { socketPath: at.socket, agent: kept }
const overTcp = (): http.RequestOptions => ({ port: daemon.port, agent: keptWithToken, ...authorized })
const stat = (ledger: string): Promise<Word> => say({ t: 'stat', id: ++lastId, ledger })

interface Request {
  readonly name: string
  /** Done while there is room. */
  readonly before?: (n: number) => unknown
  readonly ask: (n: number) => Promise<Word>
  /** What is heard when not one descriptor is left; with some it is this or `ok`. */
  readonly whenNone: readonly Word[]
}

/** A connection that nobody uses any more may end, and leave room for another. */
const cutOrOk: readonly Word[] = ['cut', 'ok']

const requests: readonly Request[] = [
  { name: 'appending', ask: (n) => append('worlds/old', turn(1000 + n)), whenNone: ['ok'] },
  { name: 'a new ledger', ask: (n) => append(`new/${n}`, turn(n)), whenNone: ['BUSY'] },
  { name: 'a new ledger in new folders', ask: (n) => append(`deep/${n}/a/b`, turn(n)), whenNone: ['BUSY'] },
  { name: 'a ledger that comes with a torn line', ask: (n) => append(`torn/${n}`, turn(5000 + n)), whenNone: ['BUSY'] },
  {
    name: 'the first append to one that is read already',
    before: (n) => stat(`late/${n}`),
    ask: (n) => append(`late/${n}`, turn(6000 + n)),
    whenNone: ['BUSY'],
  },
  {
    name: 'reading a line',
    ask: (n) => say({ t: 'get', id: ++lastId, ledger: `lines/${n}`, seq: 0 }),
    whenNone: ['BUSY'],
  },
  { name: 'how a ledger stands', ask: (n) => stat(`stat/${n}`), whenNone: ['BUSY'] },
  { name: 'following one', ask: (n) => follow(`follow/${n}`), whenNone: ['BUSY'] },
  { name: 'following all', ask: () => follow('follow/*'), whenNone: ['BUSY'] },
  {
    name: 'the list',
    before: () => get('/healthz', overSocket),
    ask: () => get('/v1/ledgers?pattern=list/*', overSocket),
    whenNone: ['BUSY'],
  },
  {
    // Who was revoked is learned by the descriptor that is kept for it.
    name: 'a token whose file has changed',
    before: () => get('/healthz', overTcp()),
    ask: (n) => {
      touchTokens(n)
      return get('/v1/ledgers/worlds/old', overTcp())
    },
    whenNone: ['ok'],
  },
  {
    name: 'another connection',
    ask: () => get('/healthz', { socketPath: at.socket, agent: false }),
    whenNone: cutOrOk,
  },
  {
    name: 'another connection with a token',
    ask: () => get('/v1/ledgers/worlds/old', { ...overTcp(), agent: false }),
    whenNone: cutOrOk,
  },
]

/** As much of a line as tells its family. */
const others: Readonly<Record<string, object>> = {
  jobs: { job_id: 'j', phase: 'p', window_idx: 0, icw_capsule_id: 'c' },
  builds: { id: 'b', time: 't', type: 'artifact', data: { stageKey: 's' } },
  records: { tenant_id: 't', record_id: 'r' },
}

beforeAll(async () => {
  if (!hasLimits) return
  fs.mkdirSync(path.join(at.folder, 'runs'), { recursive: true, mode: 0o700 })
  fs.copyFileSync(runs, fileOf('runs/a'))
  daemon = await DaemonProcess.start(at.folder, at.socket)
  client = await new FrameClient({ path: at.socket }, {}).greeted()
  for (let n = 0; n < 3; n++) expect(await append('worlds/old', turn(n))).toBe('ok')
  // What the daemon would load by itself after a while is loaded now, but for one family.
  for (const [ledger, line] of Object.entries(others)) {
    fs.writeFileSync(fileOf(ledger), `${JSON.stringify(line)}\n`, { mode: 0o600 })
    await stat(ledger)
  }
  const lines = fs.readFileSync(fileOf('worlds/old'))
  const torn = lines.subarray(0, -9)
  for (const folder of ['torn', 'late', 'lines', 'stat', 'follow', 'list']) {
    fs.mkdirSync(path.join(at.folder, folder), { mode: 0o700 })
    const bytes = folder === 'torn' || folder === 'late' ? torn : lines
    for (let n = 0; n <= roomMax; n++) fs.writeFileSync(fileOf(`${folder}/${n}`), bytes, { mode: 0o600 })
  }
}, hookTimeoutMs)
afterAll(async () => {
  kept.destroy()
  keptWithToken.destroy()
  client?.ws.terminate()
  await daemon?.kill('SIGKILL')
  at.remove()
}, hookTimeoutMs)

describe.runIf(hasLimits)('a daemon with few descriptors left (needs prlimit)', () => {
  it('loads the code of a family once there is room, though it could not before', async () => {
    for (const room of [0, 1, 2, 3, 16]) {
      leaveRoom(room)
      expect(await stat('runs/a'), `room ${room}`).toBe('BUSY')
    }
    // What the shelf asks for is enough.
    leaveRoom(32)
    expect(await stat('runs/a')).toBe('ok')
    makeRoom()
    expect(await append('runs/a', runDraft({ run_id: 'run_new', mode: 'plan-only' }))).toBe('ok')
  })

  it.each(requests)('answers $name', { timeout: hookTimeoutMs }, async ({ before, ask, whenNone }) => {
    const heard: Word[] = []
    for (let room = 0; room <= roomMax; room++) {
      await before?.(room)
      leaveRoom(room)
      heard.push(await ask(room))
      makeRoom()
      expect([heard, await ask(room)], 'with room again').toEqual([heard, 'ok'])
    }
    expect(whenNone, heard.join(' ')).toContain(heard[0])
    expect(heard.at(-1)).toBe('ok')
    expect(heard.filter((word) => !whenNone.includes(word) && word !== 'ok')).toEqual([])
  })

  it('says nothing of defects in its log, and ends as it should', async () => {
    expect(daemon.log.split('\n').filter((line) => /defect|"level":"error"/.test(line))).toEqual([])
    expect(await daemon.kill('SIGTERM')).toEqual({ code: 0, signal: null })
  })
})
