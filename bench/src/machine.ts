// What the figures were taken on, so that nobody compares them with figures of another machine.
import { closeSync, existsSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { cpus, release, totalmem, type } from 'node:os'
import { join } from 'node:path'
import type { Scratch } from './scratch.ts'
import { median } from './statistics.ts'

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryBytes: number
  readonly kernel: string
  readonly node: string
  readonly fileSystem: string
  /** How long an idle virtual processor waits before it halts; undefined where nothing says so. */
  readonly haltPollMs: number | undefined
  /** Median of an append of 550 bytes, and of the fdatasync after it. */
  readonly appendSyncMs: number
}

const probeCount = 300
const probeBytes = 550

export function describeMachine(scratch: Scratch): Machine {
  const processors = cpus()
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryBytes: totalmem(),
    kernel: `${type()} ${release()}`,
    node: process.version,
    fileSystem: scratch.fileSystem,
    haltPollMs: haltPollMs(),
    appendSyncMs: measureSync(join(scratch.folder, 'probe')),
  }
}

export function formatMachine(machine: Machine): string {
  const gigabytes = (machine.memoryBytes / 2 ** 30).toFixed(0)
  const hardware = `${machine.cores} cores, ${machine.cpu}, ${gigabytes} GB`
  const idle = machine.haltPollMs === undefined ? '' : `, idle cores halt after ${machine.haltPollMs} ms`
  const system = `${machine.kernel}, Node ${machine.node}, ${machine.fileSystem}`
  return `${hardware}${idle}; ${system}; append + fdatasync ${machine.appendSyncMs.toFixed(3)} ms`
}

/** Waking a halted processor costs an append at one in flight as much as its sync: docs/decisions/0013. */
function haltPollMs(): number | undefined {
  const governor = '/sys/devices/system/cpu/cpuidle/current_governor'
  const setting = '/sys/module/haltpoll/parameters/guest_halt_poll_ns'
  const isHaltPoll = existsSync(governor) && readFileSync(governor, 'utf8').trim() === 'haltpoll'
  return isHaltPoll && existsSync(setting) ? Number(readFileSync(setting, 'utf8')) / 1e6 : undefined
}

function measureSync(path: string): number {
  const fd = openSync(path, 'a', 0o600)
  const bytes = Buffer.alloc(probeBytes, 'x')
  const samples: number[] = []
  for (let probe = 0; probe < probeCount; probe++) {
    const began = performance.now()
    writeSync(fd, bytes)
    fdatasyncSync(fd)
    samples.push(performance.now() - began)
  }
  closeSync(fd)
  rmSync(path)
  return median(samples)
}
