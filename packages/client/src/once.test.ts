// `once` against a ledger in memory: what goes wrong between claim, effect and end, step by step.
import { LedgerError } from '@ledgerd/schema'
import { describe, expect, it } from 'vitest'
import { MemoryJobLedger } from '../conformance/memory-jobs.ts'
import type { Fate } from '../conformance/memory-jobs.ts'
import { mail, process } from '../conformance/once-callers.ts'
import type { OnceOutcome } from './once-outcome.ts'
import type { Effect, JobRecord } from './once-record.ts'

describe('an effect', () => {
  it('runs for the first caller, and everyone gets its receipt', async () => {
    const { call, others, runs } = process()
    const first = await call(() => 'sent')
    const later = [await call(), await others().call()]
    expect(runs).toEqual([1])
    expect(first).toMatchObject({ state: 'succeeded', attempt: 1, result: 'sent', receipt: { seq: 2 } })
    for (const outcome of later) expect(withoutDuplicate(outcome)).toEqual(withoutDuplicate(first))
  })

  it('that fails for now is tried again by a later call, up to attemptsMax', async () => {
    const { call, runs } = process()
    const fail = (): never => {
      throw Object.assign(new Error('slow down'), { code: 'RATE_LIMIT', retryable: true })
    }
    for (const attempt of [1, 2])
      expect(await call(fail, { attemptsMax: 2 })).toMatchObject({ state: 'failed', attempt })
    expect(await call(fail, { attemptsMax: 2 })).toMatchObject({ state: 'failed', attempt: 2 })
    expect(runs).toEqual([1, 2])
    expect(await call(() => 'sent')).toMatchObject({ state: 'succeeded', attempt: 3 })
  })

  const thrown: readonly { name: string; value: unknown; want: object }[] = [
    { name: 'an error', value: new Error('no'), want: { code: 'EFFECT_FAILED', retryable: false, message: 'no' } },
    { name: 'a text', value: 'no', want: { code: 'EFFECT_FAILED', retryable: false, message: 'no' } },
    { name: 'nothing', value: undefined, want: { code: 'EFFECT_FAILED', retryable: false } },
    { name: 'an object without a text', value: Object.create(null), want: { code: 'EFFECT_FAILED', retryable: false } },
    { name: 'half a character', value: { code: 'A\ud800', category: '\udc00' }, want: { code: 'A\ufffd' } },
    { name: 'a long code', value: { code: 'A'.repeat(70_000) }, want: { code: 'A'.repeat(100) } },
    {
      name: 'an error that throws when it is read',
      value: Object.defineProperty({}, 'code', { get: () => expect.fail('read') }),
      want: { code: 'EFFECT_FAILED', retryable: false },
    },
  ]
  it.each(thrown)('that throws $name has failed for everyone', async ({ value, want }) => {
    const { call, others, runs } = process()
    const throwIt = (): never => {
      throw value
    }
    expect(await call(throwIt)).toMatchObject({ state: 'failed', error: want, cause: value })
    expect(await others().call()).toMatchObject({ state: 'failed', error: want })
    expect(runs).toEqual([1])
  })
})

describe('the input', () => {
  const inputs: readonly { name: string; first: object; second: object; isSame: boolean }[] = [
    { name: 'the same', first: { a: 1, b: [{}] }, second: { b: [{}], a: 1 }, isSame: true },
    { name: 'a big integer that reads back', first: { n: 10n }, second: { n: 10 }, isSame: true },
    { name: 'another value', first: { to: 7 }, second: { to: 8 }, isSame: false },
    { name: 'another length', first: { to: [7] }, second: { to: [7, 7] }, isSame: false },
    {
      name: 'a member that every object inherits',
      first: { a: {} },
      second: JSON.parse('{"__proto__":{}}'),
      isSame: false,
    },
    { name: 'a list for an object', first: { a: {} }, second: { a: [] }, isSame: false },
  ]
  it.each(inputs)('fixed by the first call: $name', async ({ first, second, isSame }) => {
    const { call, runs } = process()
    await call(() => 'sent', {}, { ...mail, input: first as Effect['input'] })
    const again = call(() => 'sent', {}, { ...mail, input: second as Effect['input'] })
    if (isSame) expect(await again).toMatchObject({ state: 'succeeded' })
    else await expect(again).rejects.toMatchObject({ code: 'IDENTITY_CONFLICT', details: { seq: 2 } })
    expect(runs).toEqual([1])
  })

  it('may be changed by the caller while the effect runs', async () => {
    const { call, jobs } = process()
    const input = { to: 7 }
    const sent = () => {
      input.to = 8
      return 'sent'
    }
    expect(await call(sent, {}, { ...mail, input })).toMatchObject({ state: 'succeeded' })
    expect(jobs.events.map(({ data }) => data.input_payload)).toEqual([{ to: 7 }, { to: 7 }, { to: 7 }])
  })

  it('that would not read back is refused before anything runs', async () => {
    const { call, runs, jobs } = process()
    const input = { n: 2n ** 60n }
    await expect(call(() => 'sent', {}, { ...mail, input })).rejects.toMatchObject({ code: 'VALUE_REFUSED' })
    expect([runs, jobs.events]).toEqual([[], []])
  })
})

describe('a result', () => {
  it('is what was recorded, for its owner too', async () => {
    const { call, others } = process()
    const result = { list: [1, { deep: 10n }] }
    const own = await call(() => result)
    result.list.push(2)
    expect(own).toMatchObject({ result: { list: [1, { deep: 10 }] } })
    expect(await others().call()).toMatchObject({ result: { list: [1, { deep: 10 }] } })
  })

  it.each([{ given: undefined }, { given: null }])('of $given is null', async ({ given }) => {
    const { call } = process()
    expect(await call(() => given)).toMatchObject({ state: 'succeeded', result: null })
    expect(await call()).toMatchObject({ state: 'succeeded', result: null })
  })

  const unrecordable: readonly { name: string; result: unknown }[] = [
    { name: 'the client refuses', result: { bad: 'VALUE_REFUSED' } },
    { name: 'is too long', result: { bad: 'LINE_TOO_LONG' } },
    { name: 'would not read back', result: { n: 2n ** 60n } },
    {
      name: 'throws when it is read',
      result: Object.defineProperty({}, 'a', { enumerable: true, get: () => expect.fail('read') }),
    },
  ]
  it.each(unrecordable)('that $name is a failure that is final, and its owner still gets it', async ({ result }) => {
    const { call, others, runs } = process({ encode: refuseBad })
    const own = await call(() => result)
    expect(own).toMatchObject({ state: 'failed', error: { code: 'RESULT_NOT_RECORDABLE', retryable: false } })
    expect(own.state === 'failed' && own.unrecorded === result).toBe(true)
    const other = await others().call()
    expect(other).toMatchObject({ state: 'failed', error: { code: 'RESULT_NOT_RECORDABLE' } })
    expect(receiptOf(other)).toMatchObject(receiptOf(own))
    expect(runs).toEqual([1])
  })

  it('is recorded without its usage if that cannot be', async () => {
    const { call, jobs } = process({ encode: refuseBad })
    const outcome = await call((attempt) => {
      attempt.reportUsage({ cost_total: Number.NaN })
      return 'sent'
    })
    expect(outcome).toMatchObject({ state: 'succeeded', result: 'sent' })
    expect(jobs.events.at(-1)?.data).toMatchObject({ status: 'succeeded', usage: null })
  })

  it('that the ledger does not take now is recorded by the next call in this process, on any handle', async () => {
    const { call, on, runs } = process({ fates: ['arrives', 'is-refused'] })
    await expect(call(() => 'sent')).rejects.toMatchObject({ code: 'BUSY', details: { ran: true } })
    expect(await on({}).call()).toMatchObject({ state: 'succeeded', result: 'sent' })
    expect(runs).toEqual([1])
  })

  it('whose receipt was lost is found', async () => {
    const { call, runs } = process({ fates: ['arrives', 'loses-its-answer'] })
    await expect(call(() => 'sent')).rejects.toMatchObject({ outcome: 'unknown', details: { ran: true } })
    expect(await call()).toMatchObject({ state: 'succeeded', result: 'sent' })
    expect(runs).toEqual([1])
  })
})

describe('a claim without word', () => {
  it.each<{ fate: Fate }>([{ fate: 'is-lost' }, { fate: 'loses-its-answer' }, { fate: 'comes-late' }])(
    'that $fate is gone on with by this process',
    async ({ fate }) => {
      const { call, runs } = process({ fates: [fate] })
      await expect(call(() => 'sent')).rejects.toMatchObject({ outcome: 'unknown', details: {} })
      expect(runs).toEqual([])
      expect(await call(() => 'sent')).toMatchObject({ state: 'succeeded' })
      expect(runs).toEqual([1])
    },
  )

  it('survives a call that was refused for now, and one with another trace', async () => {
    const { call, runs, release } = process({ fates: ['comes-late', 'is-refused'], isLateHeld: true })
    await expect(call(() => 'sent')).rejects.toMatchObject({ outcome: 'unknown' })
    await expect(call(() => 'sent')).rejects.toMatchObject({ code: 'BUSY', outcome: 'absent' })
    release()
    const trace = { ...mail.trace, correlation_id: 'c2' }
    expect(await call(() => 'sent', {}, { ...mail, trace })).toMatchObject({ state: 'succeeded' })
    expect(runs).toEqual([1])
  })

  it('is not forgotten for another one', async () => {
    const { call, runs, release } = process({ fates: ['comes-late', 'is-lost'], isLateHeld: true })
    const lost = [call(() => 'sent'), call(() => 'sent')]
    for (const one of lost) await expect(one).rejects.toMatchObject({ outcome: 'unknown' })
    release()
    expect(await call(() => 'sent')).toMatchObject({ state: 'succeeded' })
    expect(runs).toEqual([1])
  })

  it('is gone on with by one of two calls', async () => {
    const { call, runs } = process({ fates: ['loses-its-answer'] })
    await expect(call(() => 'sent')).rejects.toMatchObject({ outcome: 'unknown' })
    const outcomes = await Promise.all([call(() => 'sent'), call(() => 'sent')])
    expect(runs).toEqual([1])
    expect(outcomes.map(({ state }) => state).toSorted()).toEqual(['running', 'succeeded'])
  })

  it('belongs to nobody in another process', async () => {
    const { call, others, runs } = process({ fates: ['loses-its-answer'] })
    await expect(call(() => 'sent')).rejects.toMatchObject({ outcome: 'unknown' })
    expect(await others().call(() => 'sent')).toMatchObject({ state: 'running', attempt: 1 })
    expect(runs).toEqual([])
  })
})

describe('records of others', () => {
  const queued = {
    tenant_id: 1,
    operator_name: 'Email.Send',
    idempotency_key: 'mail-1',
    attempt: 1,
    input_payload: { to: 7 },
  }

  it('a job that a kernel queued is run', async () => {
    const { call, jobs, runs } = process()
    jobs.commitForeign({ ...queued, status: 'queued' })
    expect(await call(() => 'sent')).toMatchObject({ state: 'succeeded', attempt: 1 })
    expect(runs).toEqual([1])
  })

  it.each([
    { status: 'succeeded', result_payload: 'theirs', want: { state: 'succeeded', result: 'theirs' } },
    { status: 'cancelled', want: { state: 'cancelled' } },
    { status: 'failed', error: { code: 'X', retryable: false }, want: { state: 'failed', error: { code: 'X' } } },
    { status: 'running', want: { state: 'running' } },
  ] as const)('a job that someone else ran stands as it is: $status', async ({ want, ...end }) => {
    const { call, jobs, runs } = process()
    jobs.commitForeign({ ...queued, status: 'queued' })
    jobs.commitForeign({ status: 'running' })
    if (end.status !== 'running') jobs.commitForeign(end)
    expect(await call(() => 'sent')).toMatchObject(want)
    expect(runs).toEqual([])
  })

  it('the next attempt follows the one that someone else ran', async () => {
    const { call, others, jobs, runs } = process()
    jobs.commitForeign({ ...queued, status: 'queued' })
    jobs.commitForeign({ status: 'running' })
    jobs.commitForeign({ status: 'failed', error: { code: 'X', retryable: true } })
    expect(await call(() => 'sent')).toMatchObject({ state: 'succeeded', attempt: 2 })
    expect(await others().call()).toMatchObject({ state: 'succeeded', attempt: 2 })
    expect(runs).toEqual([2])
  })

  it('an operator cancels it while it runs: what is stored counts', async () => {
    const { call, jobs } = process()
    const outcome = await call(() => {
      jobs.commitForeign({ status: 'cancelled' })
      return 'sent'
    })
    expect(outcome).toMatchObject({ state: 'cancelled' })
    expect(await call()).toEqual(outcome)
  })

  it('a record of another effect under an identity of ours is a conflict, not a result', async () => {
    const { call, jobs, runs } = process()
    const data = { ...queued, operator_name: 'Other', status: 'queued' } as unknown as JobRecord
    await new MemoryJobLedger(jobs).append('job', data, { key: 'once:[1,"Email.Send","mail-1",1,"claim"]' })
    await expect(call(() => 'sent')).rejects.toMatchObject({ code: 'IDENTITY_CONFLICT' })
    expect(runs).toEqual([])
  })
})

describe('taking over', () => {
  const takeOver = { takeOver: { afterMs: 1000 } }

  it('runs the next attempt when no end came in time, and what the first one did counts no more', async () => {
    const { call, others, platform, runs } = process()
    let finish: (result: string) => void = () => undefined
    const first = call(() => new Promise<string>((resolve) => (finish = resolve)))
    await platform.endTurn()
    const second = others().call(() => 'again', takeOver)
    await platform.endTurn()
    await platform.advance(1000)
    expect(await second).toMatchObject({ state: 'succeeded', attempt: 2, result: 'again' })
    finish('sent')
    expect(withoutDuplicate(await first)).toEqual(withoutDuplicate(await second))
    expect(runs).toEqual([1, 2])
  })

  it('gives the result that comes meanwhile', async () => {
    const { call, others, platform, runs } = process()
    let finish: (result: string) => void = () => undefined
    const first = call(() => new Promise<string>((resolve) => (finish = resolve)))
    await platform.endTurn()
    const second = others().call(() => 'again', takeOver)
    await platform.endTurn()
    finish('sent')
    expect(withoutDuplicate(await second)).toEqual(withoutDuplicate(await first))
    expect(runs).toEqual([1])
  })

  it('gives nothing up that could not be tried again', async () => {
    const { call, others, runs, jobs } = process({ fates: ['loses-its-answer'] })
    await expect(call(() => 'sent')).rejects.toMatchObject({ outcome: 'unknown' })
    const outcome = await others().call(() => 'sent', { ...takeOver, attemptsMax: 1 })
    expect(outcome).toMatchObject({ state: 'running', attempt: 1 })
    expect([runs, jobs.events.length]).toEqual([[], 2])
  })

  it.each([Number.NaN, -1, 0.5])('after %s is refused', async (afterMs) => {
    const { call } = process()
    await expect(call(() => 'sent', { takeOver: { afterMs } })).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
  })
})

describe('the handle of an effect in progress', () => {
  it('settles with the end, and rejects when the time is over', async () => {
    const { call, others, platform } = process()
    let finish: (result: string) => void = () => undefined
    const first = call(() => new Promise<string>((resolve) => (finish = resolve)))
    await platform.endTurn()
    const handle = await others().call()
    if (handle.state !== 'running') expect.fail(handle.state)
    const tooSoon = expect(handle.settled({ deadlineMs: 50 })).rejects.toMatchObject({ code: 'DEADLINE' })
    await platform.advance(50)
    await tooSoon
    await expect(handle.settled({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' })
    const settled = handle.settled()
    finish('sent')
    expect(await settled).toMatchObject({ state: 'succeeded', result: 'sent' })
    expect(withoutDuplicate(await settled)).toEqual(withoutDuplicate(await first))
  })
})

/** Stands for what a client or a daemon refuses of a record. */
function refuseBad({ result_payload: result, usage }: JobRecord): void {
  if (Number.isNaN(usage?.cost_total)) throw new LedgerError('VALUE_REFUSED', 'NaN')
  const { bad } = (result ?? {}) as { readonly bad?: 'VALUE_REFUSED' | 'LINE_TOO_LONG' }
  if (bad !== undefined) throw new LedgerError(bad, 'no')
}

function receiptOf(outcome: OnceOutcome<unknown>): object {
  if (outcome.state === 'running') expect.fail('it is still in progress')
  const { duplicate: _, ...receipt } = outcome.receipt
  return receipt
}

function withoutDuplicate(outcome: OnceOutcome<unknown>): object {
  return { ...outcome, receipt: receiptOf(outcome) }
}
