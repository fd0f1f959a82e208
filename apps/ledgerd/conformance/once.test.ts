// Suite C of reliability §11 with clients that die: `once` across real processes and a real daemon, with processes and the
// daemon killed. An effect runs at most once per attempt, and everyone gets the same receipt. ONCE_KILLS rounds of kills.
import fs from 'node:fs'
import path from 'node:path'
import type { OnceOutcome } from '@ledgerd/client'
import { workflowRecords } from '@ledgerd/schema-workflow-records'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { handInFile } from '../faults/suite-report.ts'
import { DaemonProcess, scratch } from '../test/daemon-process.ts'
import { OnceProcess, type OnceTask } from '../test/once-process.ts'
import { rounds, seeded, seedOfRun } from '../test/seeded.ts'

const ledger = 'jobs/mail'
const schemaRule = ['--schema', 'jobs/**=workflow-records']
const at = scratch()
let daemon: DaemonProcess
let tasks = 0

beforeAll(async () => {
  daemon = await DaemonProcess.start(at.folder, at.socket, schemaRule)
})

afterAll(async () => {
  await daemon.kill('SIGTERM')
  at.remove()
})

describe('once', { timeout: 60_000 }, () => {
  it('lets one of six processes run the effect, and gives all of them its receipt', async () => {
    const task = newTask({ isWaiting: true })
    const callers = await startAll(6, task)
    const outcomes = await Promise.all(callers.map((caller) => caller.outcome()))
    expect(effectsOf(task)).toEqual(['1'])
    expectOneReceipt(outcomes)
    expect(outcomes.filter((outcome) => outcome.state === 'succeeded' && !outcome.receipt.duplicate)).toHaveLength(1)
  })

  it('gives later processes the stored result', async () => {
    const task = newTask({})
    const [first] = await startAll(1, task)
    const before = await first?.outcome()
    await restartDaemon('SIGTERM')
    const [later] = await startAll(1, task)
    expect(await later?.outcome()).toMatchObject({ result: (before as { result?: unknown }).result })
    expect(effectsOf(task)).toEqual(['1'])
  })

  it('never runs again by itself what a killed process had begun', async () => {
    const task = newTask({ effect: 'when-told' })
    await killInEffect(task)
    const [later] = await startAll(1, newTaskLike(task))
    expect(await later?.outcome()).toMatchObject({ state: 'running', attempt: 1 })
    expect(effectsOf(task)).toEqual(['1'])
  })

  it('runs the next attempt once when callers give the killed one up', async () => {
    const task = newTask({ effect: 'when-told' })
    await killInEffect(task)
    const callers = await startAll(4, newTaskLike(task, { takeOverMs: 300 }))
    const outcomes = await Promise.all(callers.map((caller) => caller.outcome()))
    expect(effectsOf(task)).toEqual(['1', '2'])
    expectOneReceipt(outcomes)
    expect(outcomes[0]).toMatchObject({ state: 'succeeded', attempt: 2 })
  })

  it('records a result across a killed daemon', async () => {
    const task = newTask({ effect: 'when-told', isWaiting: true })
    const [owner] = await startAll(1, task)
    await owner?.hear('began')
    const waiters = await startAll(2, newTaskLike(task, { isWaiting: true }))
    await restartDaemon('SIGKILL')
    owner?.goOn()
    const outcomes = await Promise.all([owner, ...waiters].map(async (caller) => await caller?.outcome()))
    expect(effectsOf(task)).toEqual(['1'])
    expectOneReceipt(outcomes)
  })

  it('tries a retryable failure again as the next attempt', async () => {
    const task = newTask({ effect: 'fails' })
    for (const attempt of [1, 2]) {
      const [caller] = await startAll(1, task)
      expect(await caller?.outcome()).toMatchObject({ state: 'failed', attempt, error: { code: 'RATE_LIMIT' } })
    }
    const [last] = await startAll(1, newTaskLike(task))
    expect(await last?.outcome()).toMatchObject({ state: 'succeeded', attempt: 3 })
    expect(effectsOf(task)).toEqual(['1', '2', '3'])
  })

  it('refuses the key for another input', async () => {
    const task = newTask({})
    const [first] = await startAll(1, task)
    await first?.outcome()
    const [other] = await startAll(1, newTaskLike(task, { input: { to: 8 } }))
    expect(await other?.hear('refused')).toMatchObject({ code: 'IDENTITY_CONFLICT' })
    expect(effectsOf(task)).toEqual(['1'])
  })
})

const kills = rounds('ONCE_KILLS', 2, { faults: 40, long: 400 })
const seed = seedOfRun('once')
const counts = { rounds: 0, 'clients killed': 0, 'daemons killed': 0 }

handInFile('C kill -9 of clients and daemon', 9, () => ({
  counts,
  seed,
  guards: [{ name: 'clients killed', value: counts['clients killed'], min: kills }],
}))

it(`holds over ${kills} rounds of kills at any moment`, { timeout: 60_000 + kills * 30_000 }, async () => {
  const random = seeded(seed)
  for (let round = 0; round < kills; round++) {
    const task = newTask({ isWaiting: true, takeOverMs: 400 })
    const callers = await startAll(4, task)
    await pause(random() * 60)
    const victims = callers.splice(0, 1 + Math.floor(random() * 2))
    const isDaemonHit = random() < 0.5
    counts.rounds++
    counts['clients killed'] += victims.length
    counts['daemons killed'] += isDaemonHit ? 1 : 0
    await Promise.all([...victims.map((victim) => victim.kill()), isDaemonHit ? restartDaemon('SIGKILL') : undefined])
    const outcomes = await Promise.all(callers.map((caller) => caller.outcome()))
    const attempts = effectsOf(task)
    expect(new Set(attempts).size, `each attempt ran at most once: ${attempts.join(' ')}`).toBe(attempts.length)
    expectOneReceipt(outcomes)
  }
})

it('leaves a ledger without an error', () => {
  const file = path.join(at.folder, `${ledger}.jsonl`)
  const checker = workflowRecords.openChecker({ ledger })
  const lines = fs.readFileSync(file, 'latin1').split('\n').slice(0, -1)
  const findings = lines.flatMap(
    (text, line) => checker.check(Buffer.from(text, 'latin1'), { line: line + 1, offset: 0 }).findings,
  )
  expect([...findings, ...checker.finish()].filter(({ severity }) => severity === 'E')).toEqual([])
  expect(lines.length).toBeGreaterThan(20)
})

function newTask(task: Partial<OnceTask>): OnceTask {
  tasks += 1
  const effects = path.join(path.dirname(at.socket), `effects-${tasks}`)
  fs.writeFileSync(effects, '')
  return { socket: at.socket, ledger, key: `mail-${tasks}`, effects, ...task }
}

/** The same effect, asked for otherwise. */
function newTaskLike({ socket, ledger: id, key, effects }: OnceTask, change: Partial<OnceTask> = {}): OnceTask {
  return { socket, ledger: id, key, effects, ...change }
}

/** The attempts whose effect ran, in the order in which they began. */
function effectsOf({ effects }: OnceTask): string[] {
  return fs.readFileSync(effects, 'utf8').split('\n').slice(0, -1)
}

/** Processes that enter `once` at the same moment. */
async function startAll(count: number, task: OnceTask): Promise<OnceProcess[]> {
  const callers = Array.from({ length: count }, () => new OnceProcess(task))
  await Promise.all(callers.map((caller) => caller.hear('ready')))
  for (const caller of callers) caller.goOn()
  return callers
}

async function killInEffect(task: OnceTask): Promise<void> {
  const [victim] = await startAll(1, task)
  await victim?.hear('began')
  await victim?.kill()
}

async function restartDaemon(signal: NodeJS.Signals): Promise<void> {
  await daemon.kill(signal)
  daemon = await DaemonProcess.start(at.folder, at.socket, schemaRule)
}

/** Everyone has the receipt of the same line; what may differ is which opening of the ledger answered, and to whom. */
function expectOneReceipt(outcomes: readonly (OnceOutcome<unknown> | undefined)[]): void {
  const receipts = outcomes.map((outcome) => {
    if (outcome === undefined || outcome.state === 'running') throw new Error('an effect is still in progress')
    const { ledger: id, seq, eventId, leafHash, durable } = outcome.receipt
    return { ledger: id, seq, eventId, leafHash, durable }
  })
  for (const receipt of receipts) expect(receipt).toEqual(receipts[0])
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs))
}
