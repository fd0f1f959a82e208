// `ledgerd import --follow`: a shadow run before the switch. The ledger in the data folder is the source's complete lines,
// byte for byte, and grows as the source does. It is under the kernel lock that a daemon's ledgers are under, so that no
// other writer gets between.
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Finding } from '@ledgerd/schema'
import { verifyLedger } from '@ledgerd/verify'
import { describeHolder, readHolder, writeHolder } from '../locks/holder.ts'
import { tryKernelLock } from '../locks/kernel-lock.ts'
import { makeFolder } from '../storage/durable.ts'
import { originOf } from '../storage/origin.ts'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import { formatBytes } from './figures.ts'
import { openFile, readRange } from './file-bytes.ts'
import { assertSameSchema, copyIn, keepReport, reportedMax, sidecarOf } from './import-copy.ts'
import type { ImportTask } from './import-run.ts'
import { wholeLinesEnd } from './import-source.ts'
import { formatFinding, type ImportReport, reportOf } from './import-text.ts'
import { neutralize } from './neutralize.ts'
import { colorsFor } from './output-flags.ts'

const pollMs = 200
const stepBytes = 1 << 20

/**
 * Copies what is there, reports it through `onCopied`, and goes on until a signal; then reports all of it. Findings are
 * written as they come. Throws CliError when the source no longer begins with what was taken, or when another
 * process has the ledger.
 */
export async function followSource(
  task: ImportTask,
  onCopied: (report: ImportReport) => Promise<void>,
): Promise<ImportReport> {
  const target = task.target as string
  assertSameSchema(task)
  if (!fs.existsSync(target)) await onCopied(await copyIn(task))
  assertOther(task.source.name, target)
  const shadow = await open(target, 'a+')
  const sidecar = sidecarOf(task)
  const holderFile = path.join(sidecar, 'holder.json')
  if (!tryKernelLock(shadow.fd)) {
    await shadow.close()
    throw new CliError(
      exitCodes.locked,
      `${task.ledger} is held by ${describeHolder(readHolder(holderFile))}; nothing was changed`,
      'stop that one: only one process writes a ledger',
    )
  }
  try {
    // Only now nobody can open it meanwhile.
    if (originOf(sidecar) !== undefined)
      throw new CliError(
        exitCodes.no,
        `a daemon has opened ${task.ledger}: from then on its lines are its own, and no source is followed`,
        'take another id: --as LEDGER',
      )
    makeFolder(sidecar)
    writeHolder(holderFile, {
      pid: process.pid,
      host: hostname(),
      epoch: 0,
      since: new Date(task.io.nowMs()).toISOString(),
    })
    try {
      return await new Shadow(task, shadow).run()
    } finally {
      fs.rmSync(holderFile, { force: true })
    }
  } finally {
    await shadow.close()
  }
}

/** Followed into itself, a file would never end. */
function assertOther(source: string, target: string): void {
  const [theirs, ours] = [fs.statSync(source), fs.statSync(target)]
  if (theirs.ino === ours.ino && theirs.dev === ours.dev)
    throw new CliError(
      exitCodes.usage,
      `${source} is the ledger itself: there is nothing to copy`,
      'check it where it lies: --in-place',
    )
}

class Shadow {
  readonly #task: ImportTask
  readonly #shadow: FileHandle
  readonly #hash = createHash('sha256')
  /** Bytes that source and shadow have in common; only `#chunks` moves it. */
  #end = 0
  /** Findings of lines before this byte were there when the run began; the last report lists them. */
  #newFrom = Number.POSITIVE_INFINITY
  /** Findings of the chunk handed on last, to be written before the next. */
  #pending: string[] = []

  constructor(task: ImportTask, shadow: FileHandle) {
    this.#task = task
    this.#shadow = shadow
  }

  async run(): Promise<ImportReport> {
    const { source, schema, ledger } = this.#task
    const file = await openFile(source.name)
    try {
      const report = await verifyLedger({
        chunks: this.#chunks(file),
        target: source.name,
        ledger,
        schema,
        level: 'schema',
        findingsMax: reportedMax,
        onFinding: (finding) => this.#say(finding),
      })
      await this.#flush()
      const sha256 = `sha256:${this.#hash.digest('hex')}`
      const made = reportOf(this.#task, 'followed', this.#task.target ?? null, sha256, report)
      keepReport(this.#task, made)
      return made
    } finally {
      await file.close()
    }
  }

  /** What the shadow has, compared with the source; then what the source gets, until a signal and once more after it. */
  async *#chunks(file: FileHandle): AsyncGenerator<Uint8Array> {
    const { io, source, flags } = this.#task
    const { size } = await this.#shadow.stat()
    while (this.#end < size) yield await this.#compared(file, Math.min(stepBytes, size - this.#end))
    this.#newFrom = this.#end
    if (flags.quiet !== true)
      io.say(`ledgerd: following ${neutralize(source.name)} from byte ${this.#end} on; Ctrl-C ends it\n`)
    for (let isLast = false; ; ) {
      yield* this.#grown(file)
      await this.#flush()
      if (isLast) break
      await sleep(pollMs, undefined, { signal: io.interrupted }).catch(() => undefined) // Aborted: one last look.
      isLast = io.interrupted.aborted
    }
    const left = (await file.stat()).size - this.#end
    if (left > 0 && flags.quiet !== true)
      io.say(`ledgerd: ${formatBytes(left)} at the end of the source are no complete line and were left there\n`)
  }

  async #compared(file: FileHandle, length: number): Promise<Uint8Array> {
    const ours = await readRange(this.#shadow, this.#end, length)
    const theirs = await readRange(file, this.#end, length)
    const { target = '', source } = this.#task
    if (!Buffer.from(ours).equals(theirs))
      throw new CliError(
        exitCodes.no,
        `${target} is not the beginning of ${source.name}; nothing was changed`,
        `see where they part: cmp ${source.name} ${target}; or take another id: --as LEDGER`,
      )
    return this.#take(ours)
  }

  async *#grown(file: FileHandle): AsyncGenerator<Uint8Array> {
    const { name } = this.#task.source
    const { size, ino } = await file.stat()
    const isReplaced = fs.statSync(name, { throwIfNoEntry: false })?.ino !== ino
    if (size < this.#end || isReplaced)
      throw new CliError(
        exitCodes.no,
        `${name} was ${isReplaced ? 'replaced or removed' : `cut to ${size} bytes`} when ${this.#end} bytes of it had come over; the shadow keeps them`,
        `see what differs: cmp ${name} ${this.#task.target ?? ''}`,
      )
    const end = await wholeLinesEnd(file, size)
    while (this.#end < end) {
      const chunk = await readRange(file, this.#end, Math.min(stepBytes, end - this.#end))
      await this.#shadow.writeFile(chunk)
      await this.#shadow.datasync()
      yield this.#take(chunk)
    }
  }

  #take(chunk: Uint8Array): Uint8Array {
    this.#hash.update(chunk)
    this.#end += chunk.length
    return chunk
  }

  #say(finding: Finding): void {
    const { io, flags } = this.#task
    if (finding.severity === 'I' || finding.line === 0 || finding.offset < this.#newFrom) return
    const text =
      flags.json === true
        ? JSON.stringify({ kind: 'finding', v: 1, ...finding })
        : formatFinding(finding, colorsFor(flags, io, io.isOutTerminal))
    this.#pending.push(`${text}\n`)
  }

  async #flush(): Promise<void> {
    const text = this.#pending.join('')
    this.#pending = []
    if (text !== '') await this.#task.io.write(text)
  }
}
