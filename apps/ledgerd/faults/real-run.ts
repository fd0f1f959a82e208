// A run of the real daemon as its system calls: what strace saw of it while clients appended, as a run that the crash
// explorer can take apart.
import { MemoryDisk, readFolder, readStrace, type RecordedRun } from '@ledgerd/testkit'
import { DaemonProcess, scratch } from '../test/daemon-process.ts'
import type { SecondSync } from '../src/config.ts'
import { PostingClient } from './posting-client.ts'
import { attach, verbatim } from './strace-attach.ts'

export interface RealRun extends RecordedRun {
  readonly sent: ReadonlySet<string>
  readonly calls: number
  readonly receipts: number
  /** Its head records trail. */
  readonly trails: boolean
}

/**
 * Makes a ledger, appends one by one and several at once, and ends without closing. strace is there. `environment` is added to
 * the daemon's.
 */
export async function realRun(
  appends: number,
  environment: NodeJS.ProcessEnv = {},
  secondSync: SecondSync = 'head',
): Promise<RealRun> {
  process.env['UV_THREADPOOL_SIZE'] = '1'
  const at = scratch()
  const daemon = await DaemonProcess.start(at.folder, at.socket, ['--second-sync', secondSync], environment)
  const client = new PostingClient(at.socket)
  const image = readFolder(at.folder)
  const inodes = new MemoryDisk(image).inodes()
  const files = new Map(
    [...image].flatMap(([name, content]) =>
      content === 'folder' ? [] : [[name, { ino: inodes.get(name) ?? 0, size: content.length }] as const],
    ),
  )
  const attached = await attach(daemon.child.pid ?? 0, [], undefined, `${at.socket}.trace`, verbatim)
  for (let n = 0; n < appends; n++) await client.post('worlds/real', n)
  await Promise.all([100, 101, 102, 103].map((n) => client.post('worlds/real', n)))
  const lines = await attached.detach()
  await daemon.kill('SIGKILL')
  const { events, calls } = readStrace({ lines, root: at.folder, files, receipts: client.receipts })
  at.remove()
  const evidence = { receipts: [], followers: [] }
  const trails = secondSync !== 'head'
  return { image, inodes, events, evidence, sent: client.ids, calls, receipts: client.receipts.length, trails }
}
