import { expect, it } from 'vitest'
import { openRefused } from './refused-ledgers.ts'

const count = 200
const ledgers = Array.from({ length: count }, (_, n) => `l${n}`)

function setUp() {
  const opened: string[] = []
  const warned: string[] = []
  const due: (() => void)[] = []
  const asked: string[] = []
  let isOver = false
  const parts = {
    ledgers,
    isRefused: async (ledger: string) => {
      asked.push(ledger)
      if (ledger === 'l3') throw new Error('unreadable')
      return Number(ledger.slice(1)) % 50 === 1
    },
    open: async (ledger: string) => void opened.push(ledger),
    onWarning: (ledger: string) => void warned.push(ledger),
    later: (_: number, task: () => void) => void due.push(task),
    isOver: () => isOver,
  }
  const pause = async (): Promise<void> => {
    for (const task of due.splice(0)) task()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { parts, opened, warned, asked, pause, stop: () => void (isOver = true) }
}

it('opens those refused: the first few at once, the others with pauses', async () => {
  const { parts, opened, warned, asked, pause } = setUp()
  const { rest } = await openRefused(parts)
  expect([opened, warned]).toEqual([['l1', 'l51'], ['l3']])
  expect(asked.length).toBeLessThan(count)
  const done = rest()
  while (asked.length < count) await pause()
  await done
  expect(opened).toEqual(['l1', 'l51', 'l101', 'l151'])
  expect(asked).toEqual(ledgers)
})

it('goes no further once the daemon is on its way out', async () => {
  const { parts, asked, pause, stop } = setUp()
  const { rest } = await openRefused(parts)
  const before = asked.length
  const done = rest()
  stop()
  await pause()
  await done
  expect(asked.length).toBe(before)
})
