import { beforeEach, describe, expect, it } from 'vitest'
import { type Handle, Line, Turnstile } from './turnstile.ts'

const light = 10
const heavy = 100

let nowMs: number
let handled: string[]
let turnstile: Turnstile
let due: (() => void)[]
beforeEach(() => {
  nowMs = 0
  handled = []
  due = []
  const nextTurn = (task: () => void): void => void due.push(task)
  turnstile = new Turnstile({ now: () => nowMs, nextTurn, lightBytesMax: 50, heavyTurnMs: 2 })
})

function aTurn(): void {
  for (const task of due.splice(0)) task()
}

interface Peer {
  readonly line: Line
  readonly told: boolean[]
  send(bytes: number, name: string, tookMs?: number): void
}

function peer(): Peer {
  const told: boolean[] = []
  const line = new Line((isWaiting) => void told.push(isWaiting))
  const send = (bytes: number, name: string, tookMs = 1): void =>
    turnstile.pass(line, bytes, () => {
      nowMs += tookMs
      handled.push(name)
    })
  return { line, told, send }
}

describe('the turnstile', () => {
  it('lets what is light pass at once, whoever else waits', () => {
    const [flood, quiet] = [peer(), peer()]
    for (let n = 0; n < 5; n++) flood.send(heavy, `flood ${n}`)
    quiet.send(light, 'quiet')
    expect(handled).toEqual(['flood 0', 'flood 1', 'quiet'])
  })

  it('asks for no turn where everything is light, and makes no one wait for what it has sent in all', () => {
    const [quiet, flood] = [peer(), peer()]
    for (let n = 0; n < 5; n++) quiet.send(light, `quiet ${n}`)
    expect(due).toEqual([])
    quiet.send(light, 'quiet 5')
    expect([handled.length, due.length, quiet.told]).toEqual([6, 1, []])
    aTurn()
    for (let n = 0; n < 5; n++) flood.send(heavy, `flood ${n}`)
    quiet.send(light, 'quiet 6')
    expect(handled.slice(6)).toEqual(['flood 0', 'flood 1', 'quiet 6'])
  })

  it('spends so much time a turn on what is not, at least one message, peer by peer', () => {
    const [one, two] = [peer(), peer()]
    for (let n = 0; n < 3; n++) one.send(heavy, `one ${n}`, 3)
    for (let n = 0; n < 3; n++) two.send(heavy, `two ${n}`)
    expect(handled).toEqual(['one 0'])
    aTurn()
    // One of each in turn, until the time is over; the next turn begins where this one ended.
    expect(handled.slice(1)).toEqual(['one 1'])
    aTurn()
    expect(handled.slice(2)).toEqual(['two 0', 'one 2'])
    aTurn()
    expect(handled.slice(4)).toEqual(['two 1', 'two 2'])
    expect([one.told, two.told, turnstile.waitingCount]).toEqual([[true, false], [true, false], 0])
  })

  it('counts light messages of one peer together, and keeps their order', () => {
    const drip = peer()
    const names = Array.from({ length: 20 }, (_, n) => `drip ${n}`)
    for (const name of names) drip.send(light, name, 5)
    expect(handled.length).toBeLessThan(10)
    for (let turn = 0; turn < 40 && handled.length < 20; turn++) aTurn()
    expect(handled).toEqual(names)
    // A new turn, a new allowance.
    aTurn()
    for (let n = 0; n < 5; n++) drip.send(light, 'again', 5)
    expect(handled.slice(20)).toHaveLength(5)
  })

  it('handles the rest of a message in later turns, before all others of its peer', () => {
    const [large, other] = [peer(), peer()]
    const parts =
      (name: string, count: number): Handle =>
      () => {
        nowMs += 3
        handled.push(`${name} ${count}`)
        return count === 1 ? undefined : parts(name, count - 1)
      }
    turnstile.pass(large.line, heavy, parts('large', 3))
    large.send(light, 'behind')
    other.send(heavy, 'other', 3)
    expect([handled, large.told]).toEqual([['large 3'], [true]])
    aTurn()
    aTurn()
    expect(handled.slice(1)).toEqual(['large 2', 'other'])
    aTurn()
    expect(handled.slice(3)).toEqual(['large 1'])
    aTurn()
    expect([handled.slice(4), large.told, due.length]).toEqual([['behind'], [true, false], 0])
  })

  it('lets those without a line wait for their turn', async () => {
    const flood = peer()
    flood.send(heavy, 'flood 0', 5)
    const order: number[] = []
    const turns = [heavy, heavy, light].map(async (bytes, n) => {
      await turnstile.turn(bytes)
      order.push(n)
    })
    await Promise.resolve()
    expect(order).toEqual([2])
    // What they do when it is theirs takes its time behind it: one a turn.
    aTurn()
    await Promise.resolve()
    expect(order).toEqual([2, 0])
    aTurn()
    await Promise.all(turns)
    expect(order).toEqual([2, 0, 1])
  })
})
