// What is known of stopped ledgers beside a daemon that does not answer, and beside none. That a daemon's own words are
// passed on is tested with `stats`.
import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { KnownStops } from './folder-stops.ts'
import type { Io } from './io.ts'

let folder = ''
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), 'ledgerd-stops-'))
  fs.mkdirSync(path.join(folder, '.ledgerd'))
})
afterEach(() => fs.rmSync(folder, { recursive: true }))

it.each([
  { name: 'who does not answer is asked once, and that is said', isServed: true, isQuiet: false, isSaid: true },
  { name: 'with -q nothing is said', isServed: true, isQuiet: true, isSaid: false },
  { name: 'that nobody serves the folder is worth no word', isServed: false, isQuiet: false, isSaid: false },
])('$name', async ({ isServed, isQuiet, isSaid }) => {
  let calls = 0
  const server = http.createServer(() => calls++)
  if (isServed) await once(server.listen(path.join(folder, '.ledgerd/sock')), 'listening')
  const said: string[] = []
  const io = { say: (text: string) => said.push(text), interrupted: new AbortController().signal } as unknown as Io
  const stops = new KnownStops(io, { quiet: isQuiet }, 50)
  const found = [await stops.of(folder, 'yard'), await stops.of(folder, 'hall')]
  server.closeAllConnections()
  server.close()
  const sentence = `ledgerd: the daemon on ${folder} does not answer; which ledgers it has stopped is not known\n`
  expect({ found, said }).toEqual({ found: [undefined, undefined], said: isSaid ? [sentence] : [] })
  expect(calls).toBeLessThanOrEqual(isServed ? 1 : 0)
})
