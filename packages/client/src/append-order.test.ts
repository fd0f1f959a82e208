// Call order survives refusals that pass: many frames are under way, the daemon refuses some of them for now, admits what
// it can, and answers when it likes.
import { LedgerError } from '@ledgerd/schema'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ManualPlatform } from '../conformance/manual-platform.ts'
import { notes } from '../conformance/note-schema.ts'
import { Connector } from './open-ledger.ts'
import type { Receipt } from './receipt.ts'

describe('appends', () => {
  it('of a run wait for its last answer before the next run begins', async () => {
    const scene = await Scene.open()
    await scene.make('refuse')
    for (const text of ['a', 'b', 'c']) await scene.append(text)
    scene.answer(1)
    await scene.platform.advance(10_000)
    expect(scene.sent).toEqual(['a 1', 'b 1', 'c 1'])
    scene.answer(2)
    scene.answer(3)
    await scene.make('wait')
    expect(scene.sent.slice(3)).toEqual(['a 2'])
    scene.answer(4)
    await scene.make('wait')
    expect(scene.sent.slice(4)).toEqual(['b 2', 'c 2'])
  })

  it('come in call order whatever is refused, and whenever it is answered', async () => {
    const moves = fc.array(
      fc.constantFrom('append', 'append', 'refuse', 'answer', 'hurry', 'wait') as fc.Arbitrary<Move>,
      {
        maxLength: 60,
      },
    )
    await fc.assert(
      fc.asyncProperty(moves, async (list) => {
        const scene = await Scene.open()
        for (const move of list) await scene.make(move)
        await scene.finish()
        expect(scene.committed).toEqual(scene.called)
        const receipts = await Promise.all(scene.receipts)
        expect(receipts.map(({ seq }) => seq)).toEqual(scene.called.map((_, seq) => seq))
      }),
      { numRuns: 600 },
    )
  })
})

type Move = 'append' | 'refuse' | 'answer' | 'hurry' | 'wait'

/** A handle, and a daemon that takes frames as they come, keeps runs, and answers when it is told to. */
class Scene {
  readonly platform = new ManualPlatform()
  readonly called: string[] = []
  readonly committed: string[] = []
  readonly receipts: Promise<Receipt>[] = []
  /** Texts and run of each frame, runs counted from 1. */
  readonly sent: string[] = []
  readonly #ledger = new Connector(this.platform).connect({ ledger: 'a', schema: notes, deadlineMs: 2 ** 31 - 1 })
  readonly #broken = new Set<number>()
  readonly #runs: number[] = []
  /** Ready to go out, by the place of the request. */
  readonly #answers = new Map<number, () => void>()
  #taken = 0
  #isRefusing = false

  static async open(): Promise<Scene> {
    const scene = new Scene()
    const stat = scene.#ledger.stat()
    scene.platform.socket.welcome(2 ** 31 - 1)
    const facts = { size: 0, bytes: 0, root: null, epoch: 1, state: 'open', schema: 's', profile: 'p' } as const
    scene.platform.socket.receive({ t: 'stat', id: 1, ledger: 'a', ...facts })
    await stat
    return scene
  }

  async append(text: string): Promise<void> {
    this.called.push(text)
    this.receipts.push(this.#ledger.append('note.text', { text }))
    await this.platform.endTurn()
    this.#take()
  }

  async make(move: Move): Promise<void> {
    if (move === 'append') await this.append(`${this.called.length}`)
    else if (move === 'refuse') this.#isRefusing = true
    else if (move === 'answer') this.#answerNext()
    // A refusal overtakes receipts, which wait for their commit.
    else if (move === 'hurry') this.answer([...this.#answers.keys()].at(-1) ?? 0)
    await this.platform.endTurn()
    if (move === 'wait') await this.platform.advance(150)
    this.#take()
  }

  answer(nth: number): void {
    this.#take()
    this.#answers.get(nth)?.()
    this.#answers.delete(nth)
  }

  async finish(): Promise<void> {
    this.#isRefusing = false
    while (this.#ledger.stats().queued > 0) {
      while (this.#answers.size > 0) this.#answerNext()
      await this.platform.endTurn()
      await this.platform.advance(20_000)
      this.#take()
    }
  }

  #answerNext(): void {
    const [next] = this.#answers
    if (next === undefined) return
    this.#answers.delete(next[0])
    next[1]()
  }

  /** Takes what has come since. */
  #take(): void {
    const { socket } = this.platform
    const frames = socket.sent.flatMap((frame, at) =>
      frame.t === 'append' ? [{ frame, body: socket.bodies[at] }] : [],
    )
    for (const { frame, body = '' } of frames.slice(this.#taken)) {
      this.#taken += 1
      const nth = this.#taken
      const { run = -1 } = frame
      if (!this.#runs.includes(run)) this.#runs.push(run)
      const texts = textsOf(body)
      this.sent.push(`${texts.join(',')} ${this.#runs.indexOf(run) + 1}`)
      if (this.#broken.has(run)) this.#answers.set(nth, () => this.#refuse(frame.id, 'out-of-turn'))
      else if (this.#isRefusing) {
        this.#isRefusing = false
        this.#broken.add(run)
        this.#answers.set(nth, () => this.#refuse(frame.id))
      } else {
        const seq = this.committed.length
        this.committed.push(...texts)
        this.#answers.set(nth, () => socket.receipt(nth, seq, texts.length))
      }
    }
  }

  #refuse(id: number, reason?: string): void {
    const { retryable } = new LedgerError('BUSY', '')
    const details = reason === undefined ? {} : { details: { reason } }
    const error = { code: 'BUSY', message: 'not now', retryable, outcome: 'absent', ...details } as const
    this.platform.socket.receive({ t: 'error', id, error })
  }
}

function textsOf(body: string): string[] {
  const lines = body.split('\n').filter((line) => line !== '')
  return lines.map((line) => (JSON.parse(line) as { data: { text: string } }).data.text)
}
