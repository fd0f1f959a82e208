import { expect, it } from 'vitest'
import { ReadWindows } from './read-windows.ts'

it('lends a window that came back before it makes another, and keeps no more than it may', () => {
  const windows = new ReadWindows(10, 2)
  const taken = [windows.take(), windows.take(), windows.take()]
  expect(taken.map(({ length }) => length)).toEqual([10, 10, 10])
  expect(new Set(taken).size).toBe(3)
  for (const window of taken) windows.giveBack(window)
  const again = [windows.take(), windows.take(), windows.take()]
  expect(again.map((window) => taken.includes(window))).toEqual([true, true, false])
  expect(new Set(again).size).toBe(3)
})
