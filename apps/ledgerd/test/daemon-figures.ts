// What a running daemon says about itself and what the system says about it: its metrics, its memory.
import fs from 'node:fs'
import type { DaemonProcess } from './daemon-process.ts'

export interface DaemonFigures {
  /** One number of the metrics page, by its whole name with labels. */
  metric(name: string): Promise<number>
  /** Memory held now, in bytes; 0 where the system does not say. */
  residentBytes(): number
}

export function figuresOf(daemon: DaemonProcess, token: string): DaemonFigures {
  return {
    metric: async (name) => {
      const answer = await fetch(`http://127.0.0.1:${daemon.port}/metrics`, {
        headers: { authorization: `Bearer ${token}` },
      })
      const line = (await answer.text()).split('\n').find((text) => text.startsWith(`${name} `))
      if (line === undefined) throw new Error(`the daemon has no metric ${name}`)
      return Number(line.slice(name.length + 1))
    },
    residentBytes: () => {
      if (process.platform !== 'linux') return 0
      const status = fs.readFileSync(`/proc/${daemon.child.pid}/status`, 'utf8')
      return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
    },
  }
}
