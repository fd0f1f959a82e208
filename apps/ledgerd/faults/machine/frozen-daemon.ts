// A daemon that is frozen between two system calls: nothing leaves it any more, as from a machine whose power just went.
import fs from 'node:fs'
import type { DaemonProcess } from '../../test/daemon-process.ts'
import { pause } from './steady-load.ts'

const lookMs = 1

/** Stops the process and waits until each of its threads stands still. */
export async function freeze(daemon: DaemonProcess): Promise<void> {
  daemon.child.kill('SIGSTOP')
  while (daemon.child.exitCode === null && !areThreadsStopped(daemon.child.pid ?? 0)) await pause(lookMs)
}

export function thaw(daemon: DaemonProcess): void {
  daemon.child.kill('SIGCONT')
}

function areThreadsStopped(pid: number): boolean {
  const tasks = `/proc/${pid}/task`
  return fs.readdirSync(tasks).every((task) => {
    const stat = fs.readFileSync(`${tasks}/${task}/stat`, 'latin1')
    return ' T t Z '.includes(` ${stat.slice(stat.lastIndexOf(')') + 2)[0]} `)
  })
}
