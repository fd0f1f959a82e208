// Suite F of reliability §11, inodes: the last ones are taken while ledgers are being made. A new ledger is refused with BUSY,
// those that are there go on, and once there are inodes again the new one is made without a restart.
import path from 'node:path'
import { DaemonProcess, scratch } from '../../test/daemon-process.ts'
import { PostingClient } from '../posting-client.ts'
import type { SuiteReport } from '../suite-report.ts'
import { addRounds, type Round, type RoundOptions } from './add-rounds.ts'
import { untilServed } from './eventually-served.ts'
import { Filler } from './fill-disk.ts'
import { FolderJudge } from './folder-judge.ts'
import { MountedDisk } from './mounted-disk.ts'

const suite = 'F inodes'
const inodes = 128
/** Four times what is promised: a machine may have other things to do. */
const resumeMsMax = 20_000
/** What one ledger takes, and a few more: each round runs out at another step of making one. */
const inodesLeftMax = 12

/** Runs out of inodes on a disk of its own each round. */
export async function runInodeRounds({ rounds, seed, random }: Omit<RoundOptions, 'suite'>): Promise<SuiteReport> {
  const counts = { rounds: 0, refused: 0, receipts: 0 }
  const isEnough = (): boolean => counts.rounds >= rounds
  const violations = await addRounds(counts, isEnough, () => runOut(Math.floor(random() * inodesLeftMax)))
  const guards = [{ name: 'new ledgers refused', value: counts.refused, min: rounds }]
  return { suite, counts, violations, guards, seed, notRun: [] }
}

async function runOut(left: number): Promise<Round<'rounds' | 'refused' | 'receipts'>> {
  const at = scratch()
  const disk = MountedDisk.make({ kind: 'ext4', sizeMb: 120, formatArgs: ['-m', '0', '-N', String(inodes)] })
  const folder = path.join(disk.folder, 'data')
  const client = new PostingClient(at.socket)
  const evidence = { receipts: client.receipts, followers: [] }
  const judge = new FolderJudge(folder, { evidence, sent: () => client.ids })
  const expect = async (ledger: string, n: number, when: string): Promise<void> => {
    const { answer, tookMs } = await untilServed(() => client.post(ledger, n))
    if (answer.kind === 'receipt' && tookMs > resumeMsMax)
      judge.say('misbehaved', ledger, `${when} it took ${tookMs} ms to go on`)
    if (answer.kind !== 'receipt') judge.say('misbehaved', ledger, `${when} it got ${JSON.stringify(answer)}`)
  }
  let refused = 0
  let daemon = await DaemonProcess.start(folder, at.socket)
  try {
    await expect('hall', 1, 'before')
    const filler = new Filler(disk.folder)
    filler.fillInodesTo(left)
    for (let at = 0; at < 4; at++) {
      const answer = await client.post(`new${at}`, 1)
      const isBusy = answer.kind === 'refused' && answer.code === 'BUSY' && answer.reason === 'disk-full'
      if (isBusy) refused++
      else if (answer.kind !== 'receipt')
        judge.say('misbehaved', `new${at}`, `without inodes it got ${JSON.stringify(answer)}`)
      await expect('hall', 2 + at, 'without inodes')
    }
    filler.empty()
    for (let at = 0; at < 4; at++) await expect(`new${at}`, 1, 'with inodes again')
    await daemon.kill('SIGKILL')
    judge.judgeCrashed(`${left} inodes left`)
    daemon = await DaemonProcess.start(folder, at.socket)
    for (const ledger of client.sent.keys()) await expect(ledger, 99, 'after a restart')
    await daemon.kill('SIGTERM')
    judge.judgeRecovered(`${left} inodes left`)
  } catch (error) {
    judge.say('misbehaved', '*', `${left} inodes left: ${String(error)}`)
  } finally {
    await daemon.kill('SIGKILL')
    disk.remove()
    at.remove()
  }
  return { counts: { rounds: 1, refused, receipts: client.receipts.length }, violations: judge.violations }
}
