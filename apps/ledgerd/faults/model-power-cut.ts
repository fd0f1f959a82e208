// The step in which power is cut, and a daemon begins on what the disk has left.
import type { Engine } from '../src/engine/ports.ts'
import { count, type ModelRun, recovered, type RequestWish, sendAll, type Step, step } from './model-commands.ts'
import type { Crashed, PowerCut } from './model-crash.ts'
import { checkHeads, settleDoubts } from './model-doubt.ts'
import { type ModelLedger, modelLedgers } from './model-world.ts'

/** What a daemon is at; `recovery`: it is at what the cut of an append has left. */
export type Moment = 'append' | 'start' | 'stop' | 'idle' | 'recovery'

/**
 * Power is cut at one point of appends, or of an opening, or of a stop; what was acknowledged or seen is there. `again`: the
 * same once more, within a recovery or a repair.
 */
export function crashStep(
  during: Moment,
  ledger: ModelLedger,
  wishes: readonly RequestWish[],
  wish: PowerCut & { readonly again: PowerCut | undefined },
): Step {
  return step(`crash-${during}`, { ledger, wishes, wish }, async (run) => {
    const { world } = run
    const { again } = wish
    await world.settle()
    if (during === 'append' || during === 'recovery') await sendAll(run, ledger, wishes).answers
    if (during === 'stop' || during === 'start') {
      for (const follower of world.followers) follower.detach()
      await world.engine.close()
      if (during === 'start') await openAll(world.rival().engine)
    }
    let left = await cutPower(run, wish)
    const mayTrail = world.secondSync === 'same' && !(during === 'stop' && left.isAfterAll)
    // A sync that is void may have been a record's.
    checkHeads(run, left, mayTrail || left.isVoid ? 'known' : 'floor')
    world.start()
    if (during === 'recovery' && again !== undefined) {
      await openAll(world.engine)
      left = await cutPower(run, again)
      checkHeads(run, left, 'known')
      world.start()
    }
    await settleDoubts(run, left, again)
    await recovered(run)
  })
}

async function cutPower(run: ModelRun, wish: PowerCut): Promise<Crashed> {
  const left = await run.world.crash(wish.after, wish)
  if (left.isLossy) count(run, 'unsynced bytes lost')
  if (left.isTorn) count(run, 'torn write')
  if (left.isVoid) count(run, 'void sync')
  return left
}

/** Recovers every ledger there is. */
async function openAll(engine: Engine): Promise<void> {
  for (const ledger of modelLedgers) if (engine.has(ledger)) await engine.reader(ledger)
}
