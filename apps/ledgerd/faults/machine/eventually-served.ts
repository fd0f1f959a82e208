// Waiting for a daemon to go on by itself, and how long that took.
import type { PostAnswer } from '../posting-client.ts'
import { pause } from './steady-load.ts'

const lookMs = 50
/** Far more than any promise: whoever waits judges the time. */
const patienceMs = 30_000

export interface Served {
  /** The receipt, or what was said last instead. */
  readonly answer: PostAnswer
  readonly tookMs: number
}

/** Appends until there is a receipt, an answer that does not ask to come back, or no patience left. */
export async function untilServed(post: () => Promise<PostAnswer>): Promise<Served> {
  const startedMs = performance.now()
  for (;;) {
    const answer = await post()
    const tookMs = Math.round(performance.now() - startedMs)
    const isBusy = answer.kind === 'refused' && answer.code === 'BUSY'
    if (!isBusy || tookMs > patienceMs) return { answer, tookMs }
    await pause(lookMs)
  }
}
