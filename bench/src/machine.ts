// What the figures were taken on, so that nobody compares them with figures of another machine.
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs'
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
    appendSyncMs: measureSync(join(scratch.folder, 'probe')),
  }
}

export function formatMachine(machine: Machine): string {
  const gigabytes = (machine.memoryBytes / 2 ** 30).toFixed(0)
  const hardware = `${machine.cores} cores, ${machine.cpu}, ${gigabytes} GB`
  const system = `${machine.kernel}, Node ${machine.node}, ${machine.fileSystem}`
  return `${hardware}; ${system}; append + fdatasync ${machine.appendSyncMs.toFixed(3)} ms`
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
