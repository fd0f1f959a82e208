// Suite E of reliability §11 on a disk that really fails: a sync of new blocks is refused, the page cache goes on showing the
// bytes, the disk is well again, the daemon is restarted and answers what is sent again. Whatever it
// acknowledges then is still there when the power goes. What counts is that recovery believes no byte that it reads back.
import path from 'node:path'
import { DaemonProcess, scratch } from '../../test/daemon-process.ts'
import type { SuiteReport } from '../suite-report.ts'
import { addRounds, type Round, type RoundOptions } from './add-rounds.ts'
import { BlockDevice } from './block-device.ts'
import { doesPageCacheLie } from './page-cache.ts'
import { FolderJudge } from './folder-judge.ts'
import { freeze } from './frozen-daemon.ts'
import { GameServer } from './game-server.ts'
import { pause } from './steady-load.ts'

const ledger = 'worlds/hall'
const lines = 40
const textBytes = 900
const lookMs = 20

/** A disk of its own each round: blocks that failed once stay suspect. */
export async function runFailedSyncRounds({ suite, rounds, seed, random }: RoundOptions): Promise<SuiteReport> {
  const counts = { rounds: 0, failedSyncs: 0, receipts: 0, liesOfThePageCache: doesPageCacheLie() ? 1 : 0 }
  const isEnough = (): boolean => counts.rounds >= rounds
  const violations = await addRounds(counts, isEnough, () => failOnce(random() < 0.5 ? 'SIGKILL' : 'SIGTERM'))
  return {
    suite,
    counts,
    violations,
    guards: [
      { name: 'failed syncs', value: counts.failedSyncs, min: rounds },
      { name: 'receipts', value: counts.receipts, min: rounds * lines },
      { name: 'the page cache shows what is lost', value: counts.liesOfThePageCache, min: 1 },
    ],
    seed,
    notRun: [],
  }
}

/** `ending`: how the daemon ends whose ledger stopped. */
async function failOnce(ending: 'SIGKILL' | 'SIGTERM'): Promise<Round<'rounds' | 'failedSyncs' | 'receipts'>> {
  const at = scratch()
  const failing = new BlockDevice()
  const folder = path.join(failing.disk.folder, 'data')
  const server = new GameServer(at.socket)
  const evidence = { receipts: server.receipts, followers: [] }
  const judge = new FolderJudge(folder, { evidence, sent: () => server.ids })
  let daemon = await DaemonProcess.start(folder, at.socket)
  let failedSyncs = 0
  try {
    await server.send(ledger, 1, textBytes)
    failing.fail()
    const sending = server.send(ledger, lines, textBytes)
    await stopSaid(daemon, sending)
    if (/"reason":"(sync-failed|disk-full)"[^\n]*sync/.test(daemon.log)) failedSyncs++
    failing.work()
    const { receipts } = await sending
    if (receipts.length > 0) judge.say('misbehaved', ledger, `${receipts.length} receipts of a group that failed`)
    await daemon.kill(ending)
    judge.judgeCrashed(`${ending} after a failed sync`)
    daemon = await DaemonProcess.start(folder, at.socket)
    const { refusals } = await server.sendAgain(ledger)
    for (const refusal of refusals) judge.say('misbehaved', ledger, `with a disk that is well: ${refusal.message}`)
    await freeze(daemon)
    failing.disk.goDown('lost')
    await daemon.kill('SIGKILL')
    failing.disk.comeBack()
    judge.judgeCrashed('after a failed sync and a power cut')
    daemon = await DaemonProcess.start(folder, at.socket)
    await server.sendAgain(ledger)
    await daemon.kill('SIGTERM')
    judge.judgeRecovered('after a failed sync, a power cut and a restart')
  } catch (error) {
    judge.say('misbehaved', ledger, String(error))
  } finally {
    server.close()
    await daemon.kill('SIGKILL')
    failing.remove()
    at.remove()
  }
  return { counts: { rounds: 1, failedSyncs, receipts: server.receipts.length }, violations: judge.violations }
}

/** Once the ledger stopped, or the group was committed after all. */
async function stopSaid(daemon: DaemonProcess, sending: Promise<unknown>): Promise<void> {
  let isDone = false
  const done = sending.then(() => (isDone = true))
  while (!isDone && !daemon.log.includes('ledger stopped')) await Promise.race([pause(lookMs), done])
}
