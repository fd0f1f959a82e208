// What the compiler must accept and refuse, over the world-events schema. The refusals are checked by `pnpm check types`.
import { worldEvents } from '@ledgerd/schema-world-events'
import { describe, expectTypeOf, it } from 'vitest'
import { MemoryJobLedger, MemoryJobs } from '../conformance/memory-jobs.ts'
import { ManualPlatform } from '../conformance/manual-platform.ts'
import { once } from './index.ts'
import type { Effect, JobError, OnceEnd, OnceOptions, OnceOutcome } from './index.ts'
import type { Ledger } from './ledger.ts'
import { Connector } from './open-ledger.ts'
import type { Receipt } from './receipt.ts'

const spoken = { axis_snapshot: {}, channel: 'say', character_name: 'Mira Voss', ooc_input: 'hi' }
const success = { ...spoken, status: 'success', ic_output: 'Well met.' } as const

describe('types', () => {
  it('of drafts follow the schema', async () => {
    const world: Ledger<typeof worldEvents.events> = await closedWorld()
    const receipt = world.append('chat.translation', success)
    expectTypeOf(receipt).toEqualTypeOf<Promise<Receipt>>()
    // @ts-expect-error no such type
    const unknownType = world.append('chat.translated', success)
    // @ts-expect-error a fallback has no text
    const wrongData = world.append('chat.translation', { ...spoken, status: 'fallback.api_error', ic_output: 'text' })
    // @ts-expect-error no such type in a group either
    const wrongGroup = world.appendAll([{ type: 'chat.translated', data: success }])
    await Promise.allSettled([receipt, unknownType, wrongData, wrongGroup])
  })

  it('of events narrow by type and by filter', async () => {
    const world = await closedWorld()
    const check = async (): Promise<void> => {
      for await (const event of world.follow()) {
        expectTypeOf(event.type).toEqualTypeOf<'chat.translation' | 'chat.mechanical_resolution'>()
        if (event.type === 'chat.translation') {
          if (event.data.status === 'success') expectTypeOf(event.data.ic_output).toEqualTypeOf<string>()
          else expectTypeOf(event.data.ic_output).toEqualTypeOf<null>()
        } else {
          expectTypeOf(event.data.speaker.character_id).toEqualTypeOf<number>()
        }
      }
      for await (const event of world.read({ types: ['chat.mechanical_resolution'] })) {
        expectTypeOf(event.type).toEqualTypeOf<'chat.mechanical_resolution'>()
      }
      // @ts-expect-error no such type to filter by
      world.follow({ types: ['chat.translated'] })
    }
    await check().catch(() => undefined)
  })

  it('of an effect follow what it gives', async () => {
    const jobs = new MemoryJobLedger(new MemoryJobs())
    const trace = { correlation_id: 'c', workflow_id: 'w' }
    const effect: Effect = { tenantId: 1, operator: 'Email.Send', key: 'k', input: { to: 7 }, trace }
    const options: OnceOptions = { attemptsMax: 2, takeOver: { afterMs: 1000 } }
    const outcome = await once(jobs, effect, async () => ({ messageId: 'm' }), options)
    expectTypeOf(outcome).toEqualTypeOf<OnceOutcome<{ messageId: string }>>()
    const describeEnd = (end: OnceEnd<{ messageId: string }>): string => {
      if (end.state === 'succeeded') return end.result.messageId
      if (end.state === 'failed') expectTypeOf(end.error).toEqualTypeOf<JobError>()
      // @ts-expect-error only a success has a result
      return `${end.state} ${end.result}`
    }
    if (outcome.state === 'running')
      expectTypeOf(outcome.settled()).toEqualTypeOf<Promise<OnceEnd<{ messageId: string }>>>()
    else expectTypeOf(describeEnd(outcome)).toEqualTypeOf<string>()
    // @ts-expect-error a world has no jobs
    await once(await closedWorld(), effect, () => 1).catch(() => undefined)
  })
})

/** Nothing here is about what happens: a closed handle does nothing. */
async function closedWorld(): Promise<Ledger<typeof worldEvents.events>> {
  const world = new Connector(new ManualPlatform()).connect({ ledger: 'worlds/w', schema: worldEvents })
  await world.close()
  return world
}
