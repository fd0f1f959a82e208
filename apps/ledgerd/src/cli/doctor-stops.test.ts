// What doctor says of ledgers that take no appends: the daemon's own reason, or what would stop them at the next start.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { append, draft, type Harness, harness } from '../../test/engine-harness.ts'
import { run } from '../../test/memory-io.ts'
import { remedyOf } from '../engine/stop-remedy.ts'
import { type Check, CheckList, type DoctorReport } from './doctor-report.ts'
import { checkStops } from './doctor-stops.ts'

const ledger = 'yard'
let at: Harness
let file = ''
beforeEach(async () => {
  at = harness()
  const engine = at.open()
  await append(engine, [draft(1), draft(2)], { ledger })
  await engine.close()
  file = path.join(at.root, `${ledger}.jsonl`)
})
afterEach(() => at.remove())

const sidecar = (name: string): string => path.join(at.root, '.ledgerd/ledgers', `${ledger}.jsonl`, name)
const head = (): string => sidecar('head')
const redo = (): string => sidecar('redo')
const ledgersCheck = async (): Promise<Partial<Check> & { readonly exitCode: number }> => {
  const { out, exitCode } = await run(['doctor', at.root, '--json'])
  const checks = (JSON.parse(out) as DoctorReport).checks.filter(({ name }) => name === 'ledgers')
  expect(checks).toHaveLength(1)
  return { ...checks[0], exitCode }
}

describe('a ledger that the next start would stop', () => {
  const table: readonly { name: string; spoil: () => void; message: string; fix: string }[] = [
    {
      name: 'cut back',
      spoil: () => fs.truncateSync(file, 9),
      message: 'yard: acknowledged-missing, the file has 9 bytes',
      fix: remedyOf('acknowledged-missing'),
    },
    {
      name: 'changed in its last group',
      spoil: () => fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('Mira', 'Nora')),
      message: 'yard: acknowledged-damaged, bytes 0 to ',
      fix: remedyOf('acknowledged-damaged'),
    },
    {
      name: 'with a head record that cannot be read',
      spoil: () => {
        fs.rmSync(head())
        fs.mkdirSync(head())
      },
      message: 'yard: EISDIR',
      fix: 'see what is there: ls -lR ',
    },
    {
      name: 'with a repair that cannot be gone on with',
      spoil: () => fs.writeFileSync(redo(), '{}'),
      message: 'yard: acknowledged-damaged, the marker of an unfinished repair, redo, cannot be what was written',
      fix: remedyOf('acknowledged-damaged'),
    },
    {
      name: 'with a marker of a repair that cannot be read',
      spoil: () => fs.mkdirSync(redo()),
      message: 'yard: EISDIR',
      fix: 'see what is there: ls -lR ',
    },
  ]
  for (const { name, spoil, message, fix } of table)
    it(`${name} is named with the reason that the refusal will have`, async () => {
      spoil()
      const check = await ledgersCheck()
      expect(check).toMatchObject({ level: 'wrong', exitCode: 1 })
      expect(check.message).toContain(message)
      expect(check.fix).toContain(fix)
    })

  it('is no ledger with what a crash left: that is a note, with the command that tells more', async () => {
    fs.appendFileSync(file, '{"torn')
    expect(await ledgersCheck()).toEqual({
      name: 'ledgers',
      level: 'note',
      message: `yard: 6 bytes lie above its head record; what they are says: ledgerd repair ${file}`,
      exitCode: 0,
    })
  })

  it('is no ledger whose repair was interrupted: the next start goes on with it', async () => {
    const { size: offset } = fs.statSync(file)
    const tail = Buffer.from('{"torn')
    const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
    const aside = `${offset}-${hash(tail)}`
    fs.mkdirSync(sidecar('aside'))
    fs.writeFileSync(path.join(sidecar('aside'), aside), tail)
    const kept = { keptLength: 0, keptSha256: hash(Buffer.alloc(0)), needsLineFeed: false }
    fs.writeFileSync(redo(), JSON.stringify({ v: 1, offset, aside, ...kept }))
    fs.appendFileSync(file, tail)
    const message = 'a repair of yard was interrupted; the next start finishes it first'
    expect(await ledgersCheck()).toEqual({ name: 'ledgers', level: 'note', message, exitCode: 0 })
  })
})

describe('a ledger that a daemon has stopped', () => {
  it('is named with the reason that the daemon gives, and what it says to do', async () => {
    const since = '2026-01-01T00:00:00.000Z'
    const stopped = [{ ledger, reason: 'tail-in-doubt', since, remedy: 'look at it' }]
    const server = http.createServer((request, response) => {
      response.statusCode = 503
      response.end(JSON.stringify(request.url === '/readyz' ? { ready: false, stopped } : {}))
    })
    await once(server.listen(path.join(at.root, '.ledgerd/sock')), 'listening')
    fs.appendFileSync(file, '{"torn')
    const check = await ledgersCheck()
    server.close()
    expect(check).toEqual({
      name: 'ledgers',
      level: 'wrong',
      message: `yard takes no appends since ${since}: tail-in-doubt`,
      fix: 'look at it',
      exitCode: 1,
    })
  })

  it('is not known while the daemon does not answer', async () => {
    const socket = path.join(at.root, '.ledgerd/sock')
    const server = http.createServer(() => undefined)
    await once(server.listen(socket), 'listening')
    const list = new CheckList()
    await checkStops(list, at.root, new AbortController().signal, 50)
    server.close()
    server.closeAllConnections()
    expect(list.checks).toEqual([
      {
        name: 'ledgers',
        level: 'warning',
        message: 'the daemon on this folder does not answer; which ledgers it has stopped is not known',
        fix: `see whether it comes to: curl --unix-socket ${socket} http://localhost/readyz`,
      },
    ])
  })
})
