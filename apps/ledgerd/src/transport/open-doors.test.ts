import { describe, expect, it } from 'vitest'
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
