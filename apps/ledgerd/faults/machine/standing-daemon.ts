// What a daemon that does not go on is doing, for the sentence about it: where its threads and its children wait, and the last
// that it said.
import fs from 'node:fs'
import type { DaemonProcess } from '../../test/daemon-process.ts'

const saidMax = 1500

/** `node R -, libuv-worker S futex_do_wait; child flock S …; it said: …`. */
export function standing(daemon: DaemonProcess | undefined): string {
  const pid = daemon?.child.pid
  if (daemon === undefined || pid === undefined || daemon.child.exitCode !== null) return 'no daemon runs'
  const threads = tasksOf(pid).map((task) => waitOf(`/proc/${pid}/task/${task}`))
  const children = tasksOf(pid)
    .flatMap((task) => read(`/proc/${pid}/task/${task}/children`).split(' '))
    .filter((child) => child !== '')
    .map((child) => `child ${waitOf(`/proc/${child}`)}`)
  return `${[threads.join(', '), ...children].join('; ')}; it said: ${daemon.said.slice(-saidMax)}`
}

function tasksOf(pid: number): string[] {
  try {
    return fs.readdirSync(`/proc/${pid}/task`)
  } catch {
    return [] // It has ended meanwhile.
  }
}

function waitOf(folder: string): string {
  const stat = read(`${folder}/stat`)
  return `${read(`${folder}/comm`).trim()} ${stat.slice(stat.lastIndexOf(')') + 2)[0] ?? '?'} ${read(`${folder}/wchan`) || '-'}`
}

function read(file: string): string {
  try {
    return fs.readFileSync(file, 'latin1')
  } catch {
    return '' // Gone, or not ours to read.
  }
}
