import { describe, expect, it } from 'vitest'
import { markCommitted } from './committed-run.ts'
import type { CommitPort, SealedGroup } from './file-commit.ts'
import { promptCommit } from './prompt-commit.ts'

const limits = { inlineCommitBytesMax: 64, promptCommitBytesMax: 8 }
const small = 4
const large = 100

/** Two ports that note what they are given and settle when told. */
function setUp() {
  const given: string[] = []
  const settle: (() => void)[] = []
  const open = (inlineBytesMax: number): CommitPort => ({
    commit: (groups) => {
      given.push(`${inlineBytesMax === 8 ? 'prompt' : 'usual'}: ${groups.map(({ ledger }) => ledger).join(' ')}`)
      return groups.map((group) => new Promise((resolve) => settle.push(() => resolve(markCommitted(group)))))
    },
  })
  const port = promptCommit({ ...limits, open })
  let next = 0
  const commit = (...sizes: number[]): Promise<string[]> => {
    const groups = sizes.map((bytes) => ({ ledger: `${next++}`, from: 0, count: 1, bytes: new Uint8Array(bytes) }))
    return Promise.all(port.commit(groups as unknown as SealedGroup[])).then((runs) => runs.map(({ ledger }) => ledger))
  }
  const settleAll = async (): Promise<void> => {
    for (const one of settle.splice(0)) one()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { given, commit, settleAll }
}

describe('a small group', () => {
  const rounds: { name: string; sizes: number[]; want: string[] }[] = [
    { name: 'alone goes the usual way, which is the event loop', sizes: [small], want: ['usual: 0'] },
    { name: 'among small ones goes with them', sizes: [small, small], want: ['usual: 0 1'] },
    { name: 'among small ones and large ones goes with them', sizes: [small, large, small], want: ['usual: 0 1 2'] },
    { name: 'beside large ones goes first', sizes: [large, small, large], want: ['prompt: 1', 'usual: 0 2'] },
  ]
  it.each(rounds)('$name', async ({ sizes, want }) => {
    const { given, commit, settleAll } = setUp()
    const names = commit(...sizes)
    await settleAll()
    expect(given).toEqual(want)
    // Answers stand where their groups do.
    expect(await names).toEqual(sizes.map((_, n) => `${n}`))
  })

  it('goes first while large ones are under way, and not any more when they are done', async () => {
    const { given, commit, settleAll } = setUp()
    void commit(large)
    void commit(small)
    await settleAll()
    void commit(small)
    expect(given).toEqual(['usual: 0', 'prompt: 1', 'usual: 2'])
  })

  it('goes with the small ones that are under way', () => {
    const { given, commit } = setUp()
    void commit(large, small, small)
    void commit(small)
    expect(given).toEqual(['usual: 0 1 2', 'usual: 3'])
  })
})
