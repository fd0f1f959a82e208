import http from 'node:http'
import os from 'node:os'
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

describe('a local socket that there is no room for', () => {
  it('is passed over, and the port is open', async () => {
    const { createServer } = http
    vi.spyOn(http, 'createServer').mockImplementation((options) => {
      const server = createServer(options as http.ServerOptions)
      const { listen } = server
      const errno = -os.constants.errno.EDQUOT
      server.listen = ((where: object, ...rest: []) => {
        if (!('path' in where)) return listen.call(server, where, ...rest)
        server.emit('error', Object.assign(new Error('listen UNKNOWN'), { errno, syscall: 'listen' }))
        return server
      }) as typeof server.listen
      return server
    })
    const said: unknown[] = []
    const log: Log = { info: () => {}, warn: (event, fields) => void said.push([event, fields]), error: () => {} }
    await using at = await openTransport({}, log)
    const reason = `CONFIG_INVALID: cannot listen on ${at.socketPath}: EDQUOT: a disk quota is used up, listen`
    expect(said).toEqual([['socket passed over', { socket: at.socketPath, reason }]])
    expect([at.doors.sockets, at.port > 0]).toEqual([[], true])
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
