import { LedgerError } from '@ledgerd/schema/errors'
import { describe, expect, it } from 'vitest'
import { ManualTimers } from '../../test/transport-harness.ts'
import { loadSpareCode } from './spare-code.ts'

describe('code that nobody needed yet', () => {
  const noRoom = new LedgerError('BUSY', 'no descriptors')
  const rows = [
    { name: 'is loaded once', failures: [], said: [], loads: 1 },
    { name: 'is tried again while there is no room', failures: [noRoom, noRoom], said: ['warn', 'warn'], loads: 3 },
    { name: 'is given up when it is missing', failures: [new Error('no such file')], said: ['error'], loads: 1 },
  ]
  it.each(rows)('$name', async ({ failures, said, loads }) => {
    const timers = new ManualTimers()
    const heard: string[] = []
    const left = [...failures]
    let count = 0
    const loadRest = (): Promise<void> => {
      count++
      const failure = left.shift()
      return failure === undefined ? Promise.resolve() : Promise.reject(failure)
    }
    const log = { warn: () => void heard.push('warn'), error: () => void heard.push('error') }
    loadSpareCode({ timers, log, delayMs: 10, loadUsual: () => Promise.resolve(), loadRest })
    for (let n = 0; n < 5; n++) {
      timers.advance(10)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect([count, heard]).toEqual([loads, said])
  })
})
