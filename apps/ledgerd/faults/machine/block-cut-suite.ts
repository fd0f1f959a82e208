// Suite D of reliability §11, block by block: a real daemon works on an ext4 whose disk keeps a diary; then the disk is built as
// it was after any of its writes, with a subset of what was not flushed, or with the last write torn at a sector, and booted.
// A receipt counts from where the diary stood when a client had it.
import fs from 'node:fs'
import path from 'node:path'
import type { KeptReceipt } from '@ledgerd/testkit'
import { DaemonProcess, scratch } from '../../test/daemon-process.ts'
import { ask } from '../../test/http-caller.ts'
import type { SuiteReport } from '../suite-report.ts'
import { addRounds, type Round } from './add-rounds.ts'
import { BlockDevice } from './block-device.ts'
import { buildImage, type DiaryEntry, readDiary } from './diary-disk.ts'
import { FolderJudge, unconfirmedBytes } from './folder-judge.ts'
import { GameServer } from './game-server.ts'
import { MountedDisk } from './mounted-disk.ts'
import { type CutWay, cutWays, survivors } from './surviving-writes.ts'

export interface BlockCutOptions {
  readonly suite: string
  readonly cuts: number
  readonly seed: number
  readonly random: () => number
}

interface DatedReceipt {
  readonly receipt: KeptReceipt
  /** Bytes of the diary when it was there. */
  readonly at: number
}

interface Recording {
  readonly diary: readonly DiaryEntry[]
  readonly receipts: readonly DatedReceipt[]
  readonly sent: ReadonlySet<string>
}

const ledgers = ['worlds/hall', 'worlds/yard']
const batches = 60
const batchMax = 16
const textMax = 5000

/** Records one run and cuts it at so many places. */
export async function runBlockCuts({ suite, cuts, seed, random }: BlockCutOptions): Promise<SuiteReport> {
  const recording = await record(random)
  const { diary, receipts } = recording
  const counts = { cuts: 0, writes: diary.length, receipts: receipts.length, unconfirmedTails: 0, receiptsJudged: 0 }
  const from = diary.findIndex(({ endsAt }) => endsAt >= (receipts[0]?.at ?? 0))
  const isEnough = (): boolean => counts.cuts >= cuts
  const violations = await addRounds(counts, isEnough, () => {
    const way = cutWays[counts.cuts % cutWays.length] as CutWay
    const last = from + Math.floor(random() * (diary.length - from))
    return bootAndJudge(recording, last, way, random)
  })
  return {
    suite,
    counts,
    violations,
    guards: [
      { name: 'cuts', value: counts.cuts, min: cuts },
      { name: 'writes in the diary', value: counts.writes, min: 300 },
      { name: 'receipts judged', value: counts.receiptsJudged, min: cuts * 50 },
      { name: 'unconfirmed tails', value: counts.unconfirmedTails, min: Math.floor(cuts / 30) },
    ],
    seed,
    notRun: [],
  }
}

/** A run without faults, on a disk that writes down what reaches it. */
async function record(random: () => number): Promise<Recording> {
  const at = scratch()
  const device = new BlockDevice()
  const server = new GameServer(at.socket)
  const receipts: DatedReceipt[] = []
  const daemon = await DaemonProcess.start(path.join(device.disk.folder, 'data'), at.socket)
  try {
    for (let n = 0; n < batches; n++) {
      const count = 1 + Math.floor(random() * batchMax)
      const sent = await Promise.all(ledgers.map((ledger) => server.send(ledger, count, random() ** 3 * textMax)))
      const { size } = fs.statSync(device.log)
      for (const { receipts: given } of sent) receipts.push(...given.map((receipt) => ({ receipt, at: size })))
    }
    return { diary: readDiary(device.log), receipts, sent: server.ids }
  } finally {
    server.close()
    await daemon.kill('SIGKILL')
    device.remove()
    at.remove()
  }
}

/** The disk as it was when the power went, as the machine finds it, before and after the daemon's recovery. */
async function bootAndJudge(
  { diary, receipts, sent }: Recording,
  last: number,
  way: CutWay,
  random: () => number,
): Promise<Round<'cuts' | 'unconfirmedTails' | 'receiptsJudged'>> {
  const at = scratch()
  const image = `${at.socket}.image`
  buildImage(image, survivors(diary.slice(0, last + 1), way, random))
  const cutAt = diary[last]?.endsAt ?? 0
  const owed = receipts.filter((dated) => dated.at <= cutAt).map(({ receipt }) => receipt)
  const disk = MountedDisk.boot(image)
  const folder = path.join(disk.folder, 'data')
  const judge = new FolderJudge(folder, { evidence: { receipts: owed, followers: [] }, sent: () => sent })
  const where = `write ${last} of ${diary.length}, ${way}`
  let unconfirmedTails = 0
  try {
    judge.judgeCrashed(where)
    unconfirmedTails = ledgers.filter((ledger) => unconfirmedBytes(folder, ledger) > 0).length
    const daemon = await DaemonProcess.start(folder, at.socket)
    for (const ledger of ledgers)
      await ask({ name: 'local socket', socket: at.socket }, { path: `/v1/ledgers/${ledger}/lines?limit=1` })
    await daemon.kill('SIGKILL')
    judge.judgeRecovered(`${where}, recovered`)
  } catch (error) {
    judge.say('misbehaved', '*', `${where}: ${String(error)}`)
  } finally {
    disk.remove()
    at.remove()
  }
  return { counts: { cuts: 1, unconfirmedTails, receiptsJudged: owed.length }, violations: judge.violations }
}
