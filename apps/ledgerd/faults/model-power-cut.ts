// The step in which power is cut, and a daemon begins on what the disk has left.
import { count, recovered, type RequestWish, sendAll, type Step, step } from './model-commands.ts'
import type { CrashWish } from './model-crash.ts'
import { checkHeads, settleDoubts } from './model-doubt.ts'
import { type ModelLedger, modelLedgers, type ModelWorld } from './model-world.ts'

/** Power is cut at one point of appends, or of an opening, or of a stop; what was acknowledged or seen is there. */
export function crashStep(
  during: 'append' | 'start' | 'stop' | 'idle',
  ledger: ModelLedger,
  wishes: readonly RequestWish[],
  wish: CrashWish & { readonly after: number },
): Step {
  return step(`crash-${during}`, { ledger, wishes, wish }, async (run) => {
    const { world } = run
    await world.settle()
    if (during === 'append') await sendAll(run, ledger, wishes).answers
    if (during === 'stop' || during === 'start') {
      for (const follower of world.followers) follower.detach()
      await world.engine.close()
      if (during === 'start') await openAgain(world)
    }
    const left = await world.crash(wish.after, wish)
    if (left.isLossy) count(run, 'unsynced bytes lost')
    if (left.isTorn) count(run, 'torn write')
    if (left.isVoid) count(run, 'void sync')
    checkHeads(run, left, during === 'stop')
    world.start()
    await settleDoubts(run, left)
    await recovered(run)
  })
}

/** A new daemon opens every ledger there is. */
async function openAgain(world: ModelWorld): Promise<void> {
  const { engine } = world.rival()
  for (const ledger of modelLedgers) if (engine.has(ledger)) await engine.reader(ledger)
}
