// A machine of its own with the real daemon and its load on it: a kernel, its page cache and its file system, in QEMU without a
// network. What the load says on the serial port is the evidence; the power goes when QEMU is killed.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import { afterAll } from 'vitest'
import { type BootFiles, makeBootFiles } from './guest-kernel.ts'
import { makeProgramDisk } from './program-disk.ts'

/** A writer of the load; `next` is the number of the first draft that it has no receipt for. */
export interface GuestWriter {
  readonly ledger: string
  readonly idPrefix: string
  readonly next: number
}

/** What the load is told. */
export interface GuestLoad {
  readonly writers: readonly GuestWriter[]
  readonly followers: readonly { readonly ledger: string; readonly next: number }[]
  readonly batchMax: number
  readonly isSyncing: boolean
}

/** What the load says. */
export type GuestRecord =
  | { readonly said: 'began' | 'serving' }
  | {
      readonly said: 'receipts'
      readonly writer: number
      readonly next: number
      readonly receipts: readonly GuestReceipt[]
    }
  | { readonly said: 'line'; readonly follower: number; readonly seq: number; readonly line: string }
  | { readonly said: 'refused'; readonly ledger: string; readonly error: unknown }
  | { readonly said: 'ended'; readonly how: number | string }

export interface GuestReceipt {
  readonly ledger: string
  readonly seq: number
  readonly eventId: string
  readonly leafHash: string
  readonly durable: string
}

/** What every boot uses, made once. */
export interface GuestParts extends BootFiles {
  readonly programs: string
}

export interface GuestMachineFiles {
  readonly parts: GuestParts
  /** Its second disk, which is judged. */
  readonly disk: string
  /** False: its flushes are answered and not passed on. */
  readonly isFlushing: boolean
  /** Where its console is written. */
  readonly console: string
}

const memoryMb = 768
/** For any one step, on a machine that emulates another one while it has much else to do. */
const patienceMs = 300_000
const bootTries = 3

/** No machine outlives the suite that booted it. */
const running = new Set<ChildProcess>()
const killAll = (): void => {
  for (const child of running) child.kill('SIGKILL')
}
afterAll(killAll)
process.on('exit', killAll)

/** Unpacks the kernel and makes what a machine boots from in `folder`. */
export function makeGuestParts(deb: string, folder: string): GuestParts {
  return { ...makeBootFiles(deb, folder), programs: makeProgramDisk(folder) }
}

export class GuestMachine {
  readonly #child: ChildProcess
  readonly #console: string
  readonly #closed: Promise<unknown>
  #heard: (() => void) | undefined
  #hasBegun = false

  /** Switches it on; each record of the load is passed on as it comes. Resolves once that has its disk. */
  static async boot(
    files: GuestMachineFiles,
    load: GuestLoad,
    onRecord: (record: GuestRecord) => void,
  ): Promise<GuestMachine> {
    for (let tries = 1; ; tries++) {
      const machine = new GuestMachine(files, load, onRecord)
      if (await machine.#comesTo(() => machine.#hasBegun)) return machine
      // An emulated kernel hangs now and then before anything of ours runs.
      await machine.cut()
      if (tries === bootTries) throw new Error(`the machine does not boot: ${machine.#shown}`)
    }
  }

  private constructor(
    { parts, disk, isFlushing, console }: GuestMachineFiles,
    load: GuestLoad,
    onRecord: (record: GuestRecord) => void,
  ) {
    this.#console = console
    const told = Buffer.from(JSON.stringify(load)).toString('base64url')
    const args = [
      ...['-accel', ...accelerator(), '-smp', '1', '-m', `${memoryMb}M`],
      ...['-nodefaults', '-no-user-config', '-nic', 'none', '-display', 'none', '-no-reboot'],
      ...['-kernel', parts.kernel, '-initrd', parts.initrd, '-append', `console=ttyS0 quiet panic=-1 LOAD=${told}`],
      ...['-drive', `file=${parts.programs},format=raw,if=virtio,readonly=on`],
      ...['-drive', `file=${disk},format=raw,if=virtio,cache=${isFlushing ? 'writeback' : 'unsafe'}`],
      ...['-serial', `file:${this.#console}`],
      ...['-chardev', 'stdio,id=evidence,signal=off', '-device', 'virtio-serial-pci'],
      ...['-device', 'virtserialport,chardev=evidence'],
    ]
    const child = spawn('qemu-system-x86_64', args, { stdio: ['pipe', 'pipe', 'inherit'] })
    running.add(child)
    this.#child = child
    this.#closed = once(child, 'close').then(() => {
      running.delete(child)
      this.#heard?.()
    })
    // The power may go in the middle of a record.
    let begun = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      const records = `${begun}${chunk}`.split('\n')
      begun = records.pop() ?? ''
      for (const record of records) onRecord(JSON.parse(record) as GuestRecord)
      this.#hasBegun ||= records.length > 0
      this.#heard?.()
    })
  }

  /** Resolves once something is so after some record. Throws with what the console shows when it does not come to that. */
  async until(isSo: () => boolean): Promise<void> {
    if (!(await this.#comesTo(isSo))) throw new Error(`the machine does not go on: ${this.#shown}`)
  }

  /** The power goes. Resolves when everything that it had said was passed on. */
  async cut(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#closed
  }

  /** False when it goes off before, or takes too long. */
  async #comesTo(isSo: () => boolean): Promise<boolean> {
    const untilMs = performance.now() + patienceMs
    while (!isSo()) {
      const { exitCode, signalCode } = this.#child
      if (exitCode !== null || signalCode !== null || performance.now() > untilMs) return false
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, patienceMs)
        this.#heard = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    return true
  }

  /** The end of what its console shows. */
  get #shown(): string {
    return fs.existsSync(this.#console) ? fs.readFileSync(this.#console, 'latin1').slice(-2000) : ''
  }
}

/** Hardware virtualisation where there is any, else emulation: slower, and the same to whoever is in there. */
function accelerator(): readonly string[] {
  const hasHardware = /\b(?:vmx|svm)\b/.test(fs.readFileSync('/proc/cpuinfo', 'latin1'))
  return hasHardware && fs.existsSync('/dev/kvm') ? ['kvm', '-cpu', 'host'] : ['tcg']
}
