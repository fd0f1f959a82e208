import http from 'node:http'
import { describe, expect, it, vi } from 'vitest'
import { openTransport } from '../../test/transport-harness.ts'
import type { Log } from '../ops/log.ts'

describe('reading the settings again', () => {
  it('says one line of it, whether or not anything changed', async () => {
    const said: string[] = []
    const say = (event: string): void => void said.push(event)
    const log: Log = { info: say, warn: say, error: say }
    await using at = await openTransport({}, log)
    at.doors.renew()
    expect(said.splice(0)).toEqual(['settings read again, nothing changed'])
    at.grants.allow({ token: 'G'.repeat(43), allow: ['read'], ledgers: ['**'] })
    at.doors.renew()
    expect(said.splice(0)).toEqual(['tokens read again'])
    at.grants.write('spoilt')
    at.doors.renew()
    expect(said.splice(0)).toEqual(['no made token is taken until the file is right again'])
  })
})

describe('a connection that cannot be taken', () => {
  it('ends nothing, is counted, and is said once a second', async () => {
    const servers: http.Server[] = []
    const { createServer } = http
    vi.spyOn(http, 'createServer').mockImplementation((options) => {
      const server = createServer(options as http.ServerOptions)
      servers.push(server)
      return server
    })
    const said: string[] = []
    const log: Log = { info: () => {}, warn: (event) => void said.push(event), error: () => {} }
    await using at = await openTransport({}, log)
    const fail = (): unknown => servers[0]?.emit('error', new Error('accept EMFILE'))
    for (let n = 0; n < 3; n++) fail()
    expect(said).toEqual(['a connection could not be taken'])
    at.timers.advance(1000)
    fail()
    expect([said.length, at.metrics.limits.sockets]).toEqual([2, 4])
  })
})
