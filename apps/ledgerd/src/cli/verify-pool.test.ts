// The pool with threads that do as they are told: what it hands out, when, and that every file gets an answer.
import type { VerifyReport } from '@ledgerd/verify'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Outcome } from './verify-outcome.ts'
import { VerifyPool } from './verify-pool.ts'
import type { StartThread, ThreadEvents } from './verify-thread.ts'

/** A thread in the hands of the test. */
interface Puppet {
  readonly events: ThreadEvents
  /** Names of the files it was asked for, in order. */
  readonly asked: string[]
  isStopped: boolean
  isEnded: boolean
}

interface Stage extends AsyncDisposable {
  readonly pool: VerifyPool
  readonly puppets: readonly Puppet[]
  readonly progress: string[]
  interrupt(): void
}

function stage(count: number, jobs: number, interrupted: AbortController = new AbortController()): Stage {
  const puppets: Puppet[] = []
  const progress: string[] = []
  const startThread: StartThread = (_, events) => {
    const puppet: Puppet = { events, asked: [], isStopped: false, isEnded: false }
    puppets.push(puppet)
    return {
      check: ({ name }) => void puppet.asked.push(name),
      stop: () => void (puppet.isStopped = true),
      end: () => {
        puppet.isEnded = true
        events.onEnd('it was told to')
        return Promise.resolve()
      },
    }
  }
  const files = Array.from(
    { length: count },
    (_, at) => ({ kind: 'file', name: `${at}`, path: '', ledger: '' }) as const,
  )
  const pool = new VerifyPool({
    files,
    jobs,
    settings: { flags: {}, nowMs: 0 },
    startThread,
    signal: interrupted.signal,
    onProgress: (file, { bytes }) => void progress.push(`${file}: ${bytes}`),
  })
  return {
    pool,
    puppets,
    progress,
    interrupt: () => interrupted.abort('SIGINT'),
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  }
}

const reportOf = (name: string | undefined): Outcome => ({
  report: { target: name, bytes: 7, lines: 1 } as unknown as VerifyReport,
})
const answer = ({ events, asked }: Puppet): void => events.onOutcome(reportOf(asked.at(-1)))
const asked = ({ puppets }: Stage): string[][] => puppets.map((puppet) => puppet.asked)

describe('the pool', () => {
  it('begins as many files as there are jobs, and the next when one has its answer', async () => {
    await using scene = stage(4, 2)
    expect(asked(scene)).toEqual([['0'], ['1']])
    answer(scene.puppets[1] as Puppet)
    expect(asked(scene)).toEqual([['0'], ['1', '2']])
    answer(scene.puppets[0] as Puppet)
    expect(asked(scene)).toEqual([
      ['0', '3'],
      ['1', '2'],
    ])
  })

  it('runs not too far ahead of the file whose turn it is', async () => {
    await using scene = stage(200, 2)
    const [, second] = scene.puppets as [Puppet, Puppet]
    for (let count = 0; count < 100; count++) answer(second)
    expect(second.asked.at(-1)).toBe('63')
    answer(scene.puppets[0] as Puppet)
    expect(await scene.pool.take(0)).toEqual(reportOf('0'))
    expect(scene.puppets.flatMap((puppet) => puppet.asked)).toContain('64')
  })

  it('gives every file its own outcome, whatever comes first', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 90 }),
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.nat(), { minLength: 1 }),
        fc.array(fc.boolean(), { minLength: 1 }),
        async (count, jobs, choices, deaths) => {
          await using scene = stage(count, jobs)
          const open = new Set<Puppet>()
          const dead = new Set<string>()
          const got: (Outcome | undefined)[] = []
          const taking = (async () => {
            for (let file = 0; file < count; file++) got.push(await scene.pool.take(file))
          })()
          const answered = new Map<Puppet, number>()
          for (let step = 0; got.length < count; step++) {
            open.clear()
            for (const puppet of scene.puppets)
              if (!puppet.isEnded && (answered.get(puppet) ?? 0) < puppet.asked.length) open.add(puppet)
            const puppet = [...open][(choices[step % choices.length] ?? 0) % Math.max(1, open.size)]
            if (puppet !== undefined) {
              answered.set(puppet, puppet.asked.length)
              if (deaths[step % deaths.length] === true) {
                dead.add(puppet.asked.at(-1) ?? '')
                puppet.isEnded = true
                puppet.events.onEnd('it ran out of memory')
              } else answer(puppet)
            }
            await Promise.resolve()
            expect(scene.puppets.filter(({ isEnded }) => !isEnded).length).toBeLessThanOrEqual(jobs)
          }
          await taking
          const names = got.map((outcome, file) => {
            if (outcome === undefined) return 'never begun'
            return 'report' in outcome ? outcome.report.target : dead.has(`${file}`) ? 'dead' : 'lost'
          })
          expect(names).toEqual(Array.from({ length: count }, (_, at) => (dead.has(`${at}`) ? 'dead' : `${at}`)))
        },
      ),
    )
  })

  it('says of a file whose thread ended that nothing was decided, and goes on in another', async () => {
    await using scene = stage(3, 1)
    scene.puppets[0]?.events.onEnd('it ran out of memory')
    expect(await scene.pool.take(0)).toEqual({
      failure: {
        kind: 'defect',
        sentence: 'the thread that checked it ended before it had an answer: it ran out of memory',
        stack: undefined,
      },
    })
    expect(asked(scene)).toEqual([['0'], ['1']])
  })

  it('counts a file in full when its report is here, and nothing of one that was answered', async () => {
    await using scene = stage(2, 1)
    const [only] = scene.puppets as [Puppet]
    only.events.onProgress({ bytes: 3, lines: 1 })
    answer(only)
    only.events.onProgress({ bytes: 2, lines: 1 })
    answer(only)
    only.events.onProgress({ bytes: 99, lines: 1 })
    expect(scene.progress).toEqual(['0: 3', '0: 7', '1: 2', '1: 7'])
  })

  it('when interrupted stops what is under way, begins nothing more, and says what was never begun', async () => {
    await using scene = stage(5, 2)
    const waiting = scene.pool.take(0)
    scene.interrupt()
    expect(scene.puppets.map(({ isStopped }) => isStopped)).toEqual([true, true])
    answer(scene.puppets[1] as Puppet)
    answer(scene.puppets[0] as Puppet)
    expect(await waiting).toEqual(reportOf('0'))
    expect(await scene.pool.take(1)).toEqual(reportOf('1'))
    for (const file of [2, 3, 4]) expect(await scene.pool.take(file)).toBeUndefined()
    expect(asked(scene)).toEqual([['0'], ['1']])
  })

  it('answers whoever waits for a file that is never begun', async () => {
    await using scene = stage(3, 1)
    const all = [0, 1, 2].map((file) => scene.pool.take(file))
    scene.interrupt()
    answer(scene.puppets[0] as Puppet)
    expect(await Promise.all(all)).toEqual([reportOf('0'), undefined, undefined])
  })

  it('starts no thread after an interrupt', async () => {
    const interrupted = new AbortController()
    interrupted.abort('SIGINT')
    await using scene = stage(2, 2, interrupted)
    expect([await scene.pool.take(0), await scene.pool.take(1)]).toEqual([undefined, undefined])
    expect(scene.puppets).toEqual([])
  })

  it('ends every thread when it is disposed of, and starts none', async () => {
    const scene = stage(9, 3)
    await scene.pool[Symbol.asyncDispose]()
    expect(scene.puppets.map(({ isEnded }) => isEnded)).toEqual([true, true, true])
  })
})
