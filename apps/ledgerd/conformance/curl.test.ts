// Every HTTP route of PROTOCOL.md §6 as curl drives it, over TCP with the token and over the local socket, and the commands
// that the README and the daemon's own greeting print, run as they stand.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { worldEvents } from '@ledgerd/schema-world-events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DaemonProcess, scratch } from '../test/daemon-process.ts'
import { ask, follow, isCurlInstalled } from '../test/http-caller.ts'
import type { Answer, Door } from '../test/http-caller.ts'

if (!isCurlInstalled) process.stderr.write('curl: not installed; the same requests are made by Node\n')

const at = scratch()
const link = '5a'.repeat(32)
let daemon: DaemonProcess
let token = ''
beforeAll(async () => {
  daemon = await DaemonProcess.start(at.folder, at.socket)
  token = fs.readFileSync(path.join(at.folder, '.ledgerd/token'), 'utf8').trim()
})
afterAll(async () => {
  await daemon.kill('SIGTERM')
  at.remove()
})

describe.each(['tcp', 'socket'])('over %s', (name) => {
  const ledger = `worlds/${name}`
  const route = `/v1/ledgers/${ledger}`
  const door = (): Door => (name === 'tcp' ? { name, port: daemon.port, token } : { name, socket: at.socket })
  const get = (target: string): Promise<Answer> => ask(door(), { path: target })
  const append = (body: string, query = ''): Promise<Answer> => ask(door(), { path: `${route}/append${query}`, body })
  const fileLines = (): string[] => wholeLines(fs.readFileSync(path.join(at.folder, `${ledger}.jsonl`), 'utf8'))
  const linesOf = async (query: string): Promise<string[]> => wholeLines((await get(`${route}/lines${query}`)).body)

  it('appends a draft without an id, and makes the ledger', async () => {
    const { status, headers, body } = await append('{"type": "weather.changed", "data": {"sky": "clear"}}')
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('application/x-ndjson')
    expect(JSON.parse(body)).toEqual({
      ledger,
      seq: 0,
      eventId: expect.stringMatching(/^[0-9a-f]{32}$/),
      leafHash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      duplicate: false,
      durable: 'fsync',
      epoch: 1,
    })
    expect(JSON.parse(fileLines()[0] ?? '')).toMatchObject({ event_type: 'weather.changed', data: { sky: 'clear' } })
  })

  it('answers the same key with the first receipt, and other content under it with 409', async () => {
    const draft = `{"type": "weather.changed", "data": {"sky": "rain"}, "key": "turn-1", "link": "${link}"}`
    const [first, again] = [JSON.parse((await append(draft)).body), JSON.parse((await append(draft)).body)]
    expect(first).toMatchObject({ seq: 1, duplicate: false })
    expect(again).toEqual({ ...first, duplicate: true })
    const other = await append(draft.replace('rain', 'snow'))
    expect(other.status).toBe(409)
    expect(JSON.parse(other.body)).toMatchObject({ error: { code: 'IDENTITY_CONFLICT', details: { seq: 1 } } })
  })

  it('appends several drafts on condition of the size, blank lines and a missing last LF notwithstanding', async () => {
    const drafts =
      '{"type": "door.opened", "data": {}}\n\r\n \n{"type": "door.shut", "data": {}, "meta": {"by": "Ünï"}}'
    const { status, body } = await append(drafts, '?atomic=true&expect-size=2')
    expect(status).toBe(200)
    expect(wholeLines(body).map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual([2, 3])
    const late = await append(drafts, '?atomic=true&expect-size=2')
    expect(late.status).toBe(409)
    expect(JSON.parse(late.body)).toMatchObject({
      error: { code: 'EXPECT_FAILED', outcome: 'absent', details: { size: 4 } },
    })
  })

  it('gives the exact lines, and says where they begin and where the ledger ends', async () => {
    const { status, headers, body } = await get(`${route}/lines`)
    expect(status).toBe(200)
    expect(body).toBe(fs.readFileSync(path.join(at.folder, `${ledger}.jsonl`), 'utf8'))
    expect([headers.get('ledger-from'), headers.get('ledger-head')]).toEqual(['0', '4'])
  })

  it.each([
    { query: '?from=2', want: [2, 3] },
    { query: '?from=-1', want: [3] },
    { query: '?from=-100', want: [0, 1, 2, 3] },
    { query: '?from=start&limit=1', want: [0] },
    { query: '?from=end', want: [] },
    { query: '?from=4', want: [] },
    { query: '?types=door.opened,door.shut', want: [2, 3] },
    { query: `?link=${link}`, want: [1] },
    { query: '?from=@2001-02-03T04:05:06Z&limit=2', want: [0, 1] },
    { query: '?from=@2999-01-01T00:00:00%2B01:00', want: [] },
  ])('lines$query', async ({ query, want }) => {
    expect(await linesOf(query)).toEqual(fileLines().filter((_, seq) => want.includes(seq)))
  })

  it('from=@time begins with the first line that is not earlier', async () => {
    const lines = fileLines()
    const times = lines.map((line) => (JSON.parse(line) as { timestamp: string }).timestamp)
    const from = times.findIndex((time) => Date.parse(time) >= Date.parse(times[2] ?? ''))
    expect(await linesOf(`?from=@${times[2]}`)).toEqual(lines.slice(from))
  })

  it('from beyond the end is 416', async () => {
    const { status, body } = await get(`${route}/lines?from=5`)
    expect(status).toBe(416)
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'CURSOR_AHEAD' } })
  })

  it('gives one line with its number and leaf hash, which is the receipt’s', async () => {
    const receipt = JSON.parse((await append('{"type": "bell.rung", "data": {"times": 4}, "key": "bell"}')).body)
    const { status, headers, body } = await get(`${route}/lines/${receipt.seq}`)
    expect(status).toBe(200)
    expect(body).toBe(`${fileLines()[4]}\n`)
    expect([headers.get('ledger-seq'), headers.get('ledger-leaf-hash')]).toEqual(['4', receipt.leafHash])
    expect((await get(`${route}/lines/5`)).status).toBe(404)
  })

  it('follow=true gives what is there and then what is appended later', async () => {
    const seen: string[] = []
    for await (const line of follow(door(), { path: `${route}/lines?from=-1&follow=true` })) {
      seen.push(line)
      if (seen.length === 1) await append('{"type": "bell.rung", "data": {"times": 5}}')
      if (seen.length === 2) break
    }
    expect(seen).toEqual(fileLines().slice(4))
    expect(seen[1]).toContain('"times": 5')
  })

  it('says how the ledger stands, alone and in the list', async () => {
    const { status, body } = await get(route)
    expect(status).toBe(200)
    const bytes = fs.statSync(path.join(at.folder, `${ledger}.jsonl`)).size
    const stat = JSON.parse(body) as unknown
    expect(stat).toMatchObject({ ledger, size: 6, bytes, state: 'open', schema: worldEvents.name, profile: 'seed' })
    for (const list of ['/v1/ledgers', `/v1/ledgers?pattern=worlds/${name}*`, '/v1/ledgers?pattern=**'])
      expect(wholeLines((await get(list)).body).map((line) => JSON.parse(line) as unknown)).toContainEqual(stat)
    expect((await get('/v1/ledgers?pattern=jobs/*')).body).toBe('')
    expect((await get('/v1/ledgers/worlds/nowhere')).status).toBe(404)
  })

  it('answers probes without a token and metrics with one', async () => {
    const without = (target: string): Promise<Answer> => ask(door(), { path: target, isWithoutToken: true })
    expect(await without('/healthz')).toMatchObject({ status: 200, body: '{"status":"ok"}\n' })
    expect(JSON.parse((await without('/readyz')).body)).toEqual({ ready: true, phase: 'serving', stopped: [] })
    const metrics = await get('/metrics')
    expect(metrics.status).toBe(200)
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain/)
    expect(metrics.body).toMatch(/^ledgerd_lines_committed_total [1-9]\d*$/m)
    expect((await without('/metrics')).status).toBe(name === 'tcp' ? 401 : 200)
  })
})

describe.runIf(isCurlInstalled)('commands as they are printed (needs curl)', () => {
  const sh = (command: string): string => {
    const { status, stdout, stderr } = spawnSync('sh', ['-ec', command], {
      cwd: path.dirname(at.folder),
      encoding: 'utf8',
    })
    expect(status, stderr).toBe(0)
    return stdout
  }

  it('the greeting’s', () => {
    const command = /^ {2}try +(curl .+)$/m.exec(daemon.said)?.[1] ?? ''
    expect(JSON.parse(sh(command))).toMatchObject({ ledger: 'worlds/demo', seq: 0, durable: 'fsync' })
  })

  it('the README’s, over the local socket and with the token', () => {
    const readme = fs.readFileSync(path.join(import.meta.dirname, '../../../README.md'), 'utf8')
    const snippet = /snippet: curl\.sh -->\s+```sh\n(.*?)```/s.exec(readme)?.[1] ?? ''
    const [receipt = '', ...lines] = wholeLines(sh(snippet))
    expect(JSON.parse(receipt)).toMatchObject({ ledger: 'worlds/harbour', seq: 0, duplicate: false })
    const file = wholeLines(fs.readFileSync(path.join(at.folder, 'worlds/harbour.jsonl'), 'utf8'))
    expect(lines).toEqual([...file, ...file])
    const header = /`(-H "Authorization[^`]+)`/.exec(readme)?.[1] ?? ''
    const url = `http://127.0.0.1:${daemon.port}/v1/ledgers/worlds/harbour/lines`
    expect(wholeLines(sh(`curl -sS ${header} ${url}`))).toEqual(file)
  })
})

function wholeLines(text: string): string[] {
  expect(text === '' || text.endsWith('\n')).toBe(true)
  return text.split('\n').slice(0, -1)
}
