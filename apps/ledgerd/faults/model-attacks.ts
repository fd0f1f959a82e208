// The hostile steps of a history: a rival daemon, a lock that fails, a file cut or edited behind the daemon's back, sidecar
// files deleted, and calls of the disk that fail.
import { type CallName, type DiskCall, ledgerBytes } from '@ledgerd/testkit'
import { checkDisk, checkFollowers, checkServed, require, requireSame } from './model-checks.ts'
import {
  count,
  type ModelRun,
  plain,
  recovered,
  refusalOf,
  type RequestWish,
  sendAll,
  served,
  type Step,
  step,
} from './model-commands.ts'
import { idOf } from './memory-daemon.ts'
import { type ModelLedger, modelLedgers, type ModelWorld } from './model-world.ts'

/** A second daemon while the first one holds its ledgers: refused, and the first does not notice. */
export function rivalStep(ledger: ModelLedger): Step {
  return step('rival', { ledger }, async (run) => {
    const { world } = run
    if (world.references[ledger].lines.length === 0) return
    await world.engine.reader(ledger)
    const rival = world.rival()
    requireSame(await refusalOf(rival.engine.reader(ledger)), 'LEDGER_LOCKED', 'a rival')
    await rival.engine.close()
    const { expected, answers } = sendAll(run, ledger, [plain])
    requireSame(await answers, expected, `what the holder of ${ledger} answers`)
    await world.settle()
    checkFollowers(world)
    count(run, 'rivals refused')
  })
}

/** The lock fails and another daemon takes over: the old one stops before it writes, and gives no receipt. */
export function takeOverStep(ledger: ModelLedger): Step {
  return step('take-over', { ledger }, async (run) => {
    const { world } = run
    await world.settle()
    const robbed = world.engine
    const isHeld = world.references[ledger].lines.length > 0
    if (isHeld) await robbed.reader(ledger)
    world.disk.isLockBroken = true
    const rival = world.rival()
    for (const name of modelLedgers) if (rival.engine.has(name)) await rival.engine.reader(name)
    world.succeed(rival)
    await recovered(run)
    if (isHeld) {
      const late = [{ drafts: [{ n: run.nextNumber++, version: 0, textLength: 4, isBad: false }], isAtomic: false }]
      const answers = await world.send(
        robbed,
        ledger,
        late.map((request) => ({ ...request, expectSize: undefined })),
      )
      requireSame(answers, [['LEDGER_STOPPED lock-taken absent']], 'what a robbed daemon answers')
      count(run, 'robbed daemons stopped')
    }
    const { expected, answers } = sendAll(run, ledger, [plain])
    requireSame(await answers, expected, `what the new holder of ${ledger} answers`)
    await world.settle()
    world.disk.isLockBroken = false
    await served(run)
  })
}

export type Damage = 'cut' | 'edit' | 'garbage'

/** Someone cuts, edits or adds to a ledger's file; it is noticed, nothing wrong is served, and right bytes heal it. */
export function vandalStep(
  ledger: ModelLedger,
  damage: Damage,
  notice: 'append' | 'read' | 'reopen',
  share: number,
): Step {
  return step(`${damage} behind its back`, { ledger, notice, share }, async (run) => {
    const { world } = run
    const bytes = ledgerBytes(world.disk.image(), ledger)
    if (bytes.length === 0) return
    await world.engine.reader(ledger)
    await world.settle()
    await vandalise(world, ledger, damage, Math.floor(share * bytes.length))
    let added: Buffer = Buffer.alloc(0)
    if (notice === 'append') {
      added = await appendToDamaged(run, ledger, damage, bytes)
    } else if (notice === 'read') await readDamaged(world, ledger, damage)
    await world.stop()
    world.start()
    if (damage === 'garbage') return await recovered(run)
    await expectStopped(world, ledger)
    count(run, 'damage noticed')
    await world.stop()
    await overwrite(world, ledger, Buffer.concat([bytes, added]))
    world.start()
    await recovered(run)
  })
}

async function vandalise(world: ModelWorld, ledger: ModelLedger, damage: Damage, at: number): Promise<void> {
  const fd = openLedgerFile(world, ledger)
  const bytes = ledgerBytes(world.disk.image(), ledger)
  if (damage === 'cut') world.disk.truncate(fd, at)
  else if (damage === 'edit') world.disk.write(fd, Buffer.of((bytes[at] ?? 0) ^ 1), at)
  else world.disk.write(fd, Buffer.from('{"no line'), bytes.length)
  world.disk.close(fd)
  await world.settle()
}

/** A changed size stops the ledger before it writes; a changed byte does so at the latest after the next group. */
async function appendToDamaged(run: ModelRun, ledger: ModelLedger, damage: Damage, before: Buffer): Promise<Buffer> {
  const { world } = run
  const reference = world.references[ledger]
  const size = reference.lines.length
  const { expected, answers } = sendAll(run, ledger, [plain])
  const [[answer] = []] = await answers
  await world.settle()
  if (damage !== 'edit') {
    requireSame(answer, 'LEDGER_STOPPED foreign-bytes unknown', `an append to a ${damage} ledger`)
    world.settleAt(ledger, size)
    return Buffer.alloc(0)
  }
  requireSame([answer], expected[0], 'an append to an edited ledger')
  requireSame((await world.engine.stat(ledger)).state, 'stopped', 'an edited ledger after an append')
  return ledgerBytes(world.disk.image(), ledger).subarray(before.length)
}

/** Whatever is given out is right; an edit or a cut is told. */
async function readDamaged(world: ModelWorld, ledger: ModelLedger, damage: Damage): Promise<void> {
  const { lines } = world.references[ledger]
  let refusal: string | undefined
  for (let seq = 0; seq < lines.length && refusal === undefined; ) {
    const reading = world.read(ledger, seq, 4096).then((read) => {
      seq += Math.max(1, read)
    })
    refusal = await refusalOf(reading)
  }
  requireSame(refusal, damage === 'garbage' ? undefined : 'INTEGRITY_BROKEN', `reading a ledger after ${damage}`)
}

async function expectStopped(world: ModelWorld, ledger: ModelLedger): Promise<void> {
  const { length } = world.references[ledger].lines
  await refusalOf(world.engine.reader(ledger))
  await world.settle()
  const { state, reason } = await world.engine.stat(ledger)
  requireSame(state, 'stopped', 'a damaged ledger opened again')
  require(reason === 'acknowledged-damaged' || reason === 'acknowledged-missing', `it stopped for ${reason}`)
  require((await refusalOf(readAll(world, ledger))) !== undefined, `all ${length} lines of a damaged ledger were read`)
}

async function readAll(world: ModelWorld, ledger: ModelLedger): Promise<void> {
  const { length } = world.references[ledger].lines
  for (let seq = 0; seq < length; ) {
    const read = await world.read(ledger, seq, 4096)
    require(read > 0, `seq ${seq} cannot be read, and nobody says why`)
    seq += read
  }
}

async function overwrite(world: ModelWorld, ledger: ModelLedger, bytes: Buffer): Promise<void> {
  const fd = openLedgerFile(world, ledger)
  world.disk.truncate(fd, 0)
  world.disk.write(fd, bytes, 0)
  world.disk.sync(fd, 'fsync')
  world.disk.close(fd)
  await world.settle()
}

function openLedgerFile(world: ModelWorld, ledger: ModelLedger): number {
  const wish = { isCreating: false, isExclusive: false, isTruncating: false, isAppending: false, isDurable: false }
  return world.disk.open(`${ledger}.jsonl`, wish)
}

export const sidecarFiles = ['head', 'lines', 'lines.seal', 'created.json', 'adoption.json', 'holder.json'] as const

/** Sidecar files are deleted while the daemon is down: everything is rebuilt from the lines. */
export function forgetStep(ledger: ModelLedger, files: readonly (typeof sidecarFiles)[number][]): Step {
  return step('forget', { ledger, files }, async (run) => {
    const { world } = run
    await world.stop()
    const image = world.disk.image()
    for (const file of files) {
      const name = `.ledgerd/ledgers/${ledger}.jsonl/${file}`
      if (!image.has(name)) continue
      world.disk.remove(name)
      count(run, 'sidecar files deleted')
    }
    await world.settle()
    world.start()
    await recovered(run)
    checkDisk(world)
  })
}

export interface FaultWish {
  readonly name: CallName & ('write' | 'fdatasync')
  readonly file: 'lines' | 'head'
  /** How many such calls are let through before: a commit may sync its file twice. */
  readonly after: number
  readonly errno: 'EIO' | 'EROFS' | 'EDQUOT' | 'ENOSPC'
  /** A failed write whose bytes are in the cache all the same. */
  readonly isTaken: boolean
  /** A failed sync, or the one within such a write, that throws the dirty pages away. */
  readonly isLosing: boolean
}

/** One call of a commit fails: no receipt, other ledgers go on, absent is absent, and a restart has what was acknowledged. */
export function faultStep(ledger: ModelLedger, fault: FaultWish, wishes: readonly RequestWish[]): Step {
  return step('fault', { ledger, fault, wishes }, async (run) => {
    const { world } = run
    const before = world.references[ledger].lines.length
    if (before === 0) return
    await world.engine.reader(ledger)
    await world.settle()
    const path = fault.file === 'lines' ? `${ledger}.jsonl` : `.ledgerd/ledgers/${ledger}.jsonl/head`
    let calls = 0
    const isIt = (call: DiskCall): boolean => call.name === fault.name && call.path === path
    world.disk.onCall = (call) => (isIt(call) && calls++ === fault.after ? fault : undefined)
    const { expected, requests, answers } = sendAll(run, ledger, wishes)
    const absent = new Set<string>()
    for (const [at, outcomes] of (await answers).entries()) {
      const isStopped = outcomes[0]?.startsWith('LEDGER_STOPPED') === true || outcomes[0] === 'BUSY'
      if (!isStopped) requireSame(outcomes, expected[at], 'an answer before the fault')
      else if (outcomes[0]?.endsWith('absent')) for (const { n } of requests[at]?.drafts ?? []) absent.add(idOf(n))
    }
    // A head record that trails is synced now.
    world.runLater()
    await world.settle()
    world.disk.onCall = undefined
    if (calls > fault.after) {
      count(run, 'faults that struck')
      // Only one that trails is synced apart from its write, and while nobody waits.
      if (fault.name === 'fdatasync' && fault.file === 'head') {
        requireSame((await world.engine.stat(ledger)).state, 'stopped', 'a ledger whose head record cannot be synced')
        count(run, 'head records that could not be synced')
      }
    }
    const other = modelLedgers.find((name) => name !== ledger) ?? ledger
    const bystander = sendAll(run, other, [plain])
    requireSame(await bystander.answers, bystander.expected, 'what a ledger beside a failed one answers')
    await world.settle()
    await world.stop()
    world.start()
    await recovered(run)
    for (const { n } of world.references[ledger].lines.slice(before))
      require(!absent.has(idOf(n)), `draft ${n} was called absent and is there`)
    await checkServed(world, other)
  })
}
