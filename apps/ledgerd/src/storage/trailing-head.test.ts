import { describe, expect, it } from 'vitest'
import type { HeadFile } from './head-file.ts'
import { StopSignal } from './stop-signal.ts'
import { closeHead, TrailingHead } from './trailing-head.ts'

/** A head file that trails, syncs that end when told, a ledger that is busy when told. */
function setUp(secondSync: 'head' | 'same' = 'same') {
  const seen: string[] = []
  const tasks: (() => void)[] = []
  const syncs: { ok(): void; fail(error: Error): void }[] = []
  const at = { isIdle: true, isTrailing: true }
  const head = {
    secondSync,
    get isTrailing() {
      return at.isTrailing
    },
    sync: () =>
      new Promise<void>((resolve, reject) => {
        seen.push('sync')
        const ok = (): void => {
          at.isTrailing = false
          resolve()
        }
        syncs.push({ ok, fail: reject })
      }),
    close: () => seen.push('close'),
  } as unknown as HeadFile
  const trailing = TrailingHead.of({
    head,
    isIdle: () => at.isIdle,
    later: (_, task) => {
      tasks.push(task)
      return () => tasks.splice(tasks.indexOf(task), 1)
    },
    onFailed: (stop) => seen.push(stop.reason),
  })
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  const runLater = (): void => {
    for (const task of tasks.splice(0)) task()
  }
  return { seen, tasks, syncs, at, head, trailing, turn, runLater }
}

describe('a head record that trails', () => {
  it('is nothing to look after where each group waits for it', () => {
    expect(setUp('head').trailing).toBeUndefined()
  })

  it('is synced once after many commits', async () => {
    const { seen, syncs, tasks, trailing, runLater, turn } = setUp()
    for (let n = 0; n < 5; n++) trailing?.note()
    expect(tasks).toHaveLength(1)
    runLater()
    syncs[0]?.ok()
    await turn()
    expect([seen, tasks]).toEqual([['sync'], []])
  })

  it('waits until nothing is under way', () => {
    const { seen, at, trailing, runLater } = setUp()
    at.isIdle = false
    trailing?.note()
    runLater()
    runLater()
    expect(seen).toEqual([])
    at.isIdle = true
    runLater()
    expect(seen).toEqual(['sync'])
  })

  it('is looked at again when a commit came during the sync', async () => {
    const { seen, syncs, at, trailing, runLater, turn } = setUp()
    trailing?.note()
    runLater()
    trailing?.note()
    syncs[0]?.ok()
    at.isTrailing = true
    await turn()
    runLater()
    expect(seen).toEqual(['sync', 'sync'])
  })

  it('stops the ledger when its sync fails, and is not synced again', async () => {
    const { seen, syncs, head, trailing, runLater, turn } = setUp()
    trailing?.note()
    runLater()
    syncs[0]?.fail(Object.assign(new Error('i/o'), { errno: -5 }))
    await turn()
    trailing?.note()
    runLater()
    await closeHead(head, trailing)
    expect(seen).toEqual(['sync', 'sync-failed', 'close'])
  })

  const ends = [
    { name: 'is synced before its file is closed', prepare: () => {}, want: ['sync', 'close'] },
    {
      name: 'is not, when it is durable',
      prepare: ({ at }: ReturnType<typeof setUp>) => void (at.isTrailing = false),
      want: ['close'],
    },
    {
      name: 'is not, after the ledger has stopped',
      prepare: ({ trailing }: ReturnType<typeof setUp>) => void trailing?.end(),
      want: ['close'],
    },
  ]
  it.each(ends)('$name', async ({ prepare, want }) => {
    const all = setUp()
    all.trailing?.note()
    prepare(all)
    const closed = closeHead(all.head, all.trailing)
    await all.turn()
    all.syncs[0]?.ok()
    await closed
    expect([all.seen, all.tasks]).toEqual([want, []])
  })

  it('leaves no file open when the last sync fails', async () => {
    const { seen, syncs, head, trailing, turn } = setUp()
    const closed = closeHead(head, trailing)
    await turn()
    syncs[0]?.fail(new StopSignal('sync-failed', 'i/o'))
    await expect(closed).rejects.toMatchObject({ reason: 'sync-failed' })
    expect(seen).toEqual(['sync', 'close'])
  })
})
