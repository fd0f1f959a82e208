// Beside a daemon that takes connections and answers none, as one that is frozen: who waits is told so, whatever the command.
import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../../test/memory-io.ts'

let folder = ''
let url = ''
const server = http.createServer(() => undefined)
beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(tmpdir(), 'ledgerd-silent-'))
  url = `unix:${path.join(folder, 'sock')}`
  await once(server.listen(path.join(folder, 'sock')), 'listening')
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
  fs.rmSync(folder, { recursive: true })
})

describe.concurrent('a daemon that does not answer', () => {
  const table: readonly { name: string; args: readonly string[] }[] = [
    { name: 'a follower', args: ['tail', '-f', 'hall'] },
    { name: 'a follower of a pattern', args: ['tail', '-f', 'hall/*'] },
    { name: 'a reader', args: ['cat', 'hall'] },
    { name: 'a reader of one line', args: ['get', 'hall', '0'] },
    { name: 'stats of one ledger', args: ['stats', 'hall'] },
    { name: 'stats of all', args: ['stats'] },
    { name: 'a checker', args: ['verify', 'hall'] },
  ]
  for (const { name, args } of table)
    it(`is told to ${name} while it waits, which a signal ends`, async () => {
      const leave = new AbortController()
      const onErr = (text: string): void => {
        if (text.includes('\n')) leave.abort('SIGINT')
      }
      const { out, err, exitCode } = await run(args, { env: { LEDGERD_URL: url }, interrupted: leave.signal, onErr })
      expect(err.split('\n')[0]).toBe(`ledgerd: no answer from ${url} yet; waiting up to 30 s`)
      expect({ out, exitCode }).toEqual({ out: '', exitCode: 130 })
    })
})
