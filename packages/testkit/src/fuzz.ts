// A coverage-guided fuzzer on stock Node: inputs that reach new code are kept and mutated on. An exception is a finding,
// and so are an input that takes seconds and a process that grows without end.
import { Coverage, type LineCoverage } from './fuzz-coverage.ts'
import { mutator } from './fuzz-mutator.ts'

export interface FuzzTarget {
  readonly name: string
  readonly seeds: readonly Uint8Array[]
  /** Words of the format. */
  readonly dictionary?: readonly string[]
  /** True for the URL of code that guides the search. */
  readonly covers: (url: string) => boolean
  /** Throws when a promise is broken. */
  readonly fuzz: (bytes: Uint8Array) => void | Promise<void>
}

export interface FuzzOptions {
  readonly random: () => number
  /** Ends after so many executions, or when `isOver` says so. */
  readonly executionsMax: number
  readonly isOver: () => boolean
  /** Inputs kept by earlier runs. */
  readonly corpus: readonly Uint8Array[]
}

export interface FuzzFinding {
  readonly input: Uint8Array
  readonly error: unknown
}

export interface FuzzReport extends LineCoverage {
  readonly executions: number
  /** Of the executions alone, without taking coverage. */
  readonly perSecond: number
  /** Inputs that each reached code that no earlier one had. */
  readonly corpus: readonly Uint8Array[]
  readonly finding: FuzzFinding | undefined
}

const cpuMsMax = 3000
/** Beyond what the process had before: others may have filled it. */
const grownBytesMax = 768 << 20
const batchMin = 64
const batchMax = 16_384

/** Fuzzes one target until it is over or broken. */
export async function fuzz(target: FuzzTarget, options: FuzzOptions): Promise<FuzzReport> {
  const run = new FuzzRun(target, options)
  const frames = Error.stackTraceLimit
  // Most inputs are refused, and a refusal's stack costs more than the refusal.
  Error.stackTraceLimit = 0
  try {
    await run.all()
  } finally {
    Error.stackTraceLimit = frames
  }
  const report = run.report()
  const { finding } = report
  return finding === undefined ? report : { ...report, finding: await withStack(target, finding) }
}

/** The finding as it shows itself once more, now with the stack of its error; as it is if it does not. */
async function withStack(target: FuzzTarget, { input, error }: FuzzFinding): Promise<FuzzFinding> {
  try {
    await target.fuzz(input)
    return { input, error }
  } catch (again) {
    return { input, error: again }
  }
}

class FuzzRun {
  readonly #coverage: Coverage
  readonly #target: FuzzTarget
  readonly #options: FuzzOptions
  readonly #corpus: Uint8Array[] = []
  readonly #startBytes = process.memoryUsage.rss()
  #executions = 0
  #runningMs = 0
  #finding: FuzzFinding | undefined

  constructor(target: FuzzTarget, options: FuzzOptions) {
    this.#target = target
    this.#options = options
    this.#coverage = new Coverage(target.covers)
  }

  async all(): Promise<void> {
    const { random, executionsMax, isOver, corpus } = this.#options
    const { mutate } = mutator(random, this.#target.dictionary ?? [])
    const given = [...this.#target.seeds, ...corpus].sort((left, right) => left.length - right.length)
    for (const input of given) await this.#runAll([input])
    if (this.#corpus.length === 0) this.#corpus.push(new Uint8Array(0))
    let batchLength = batchMin
    while (this.#finding === undefined && this.#executions < executionsMax && !isOver()) {
      const batch = Array.from({ length: batchLength }, () => mutate(this.#corpus))
      const coverageMs = await this.#runAll(batch)
      // Taking coverage should cost little beside running.
      batchLength = coverageMs > 0 ? Math.min(batchMax, batchLength * 2) : Math.max(batchMin, batchLength >> 1)
    }
  }

  report(): FuzzReport {
    const perSecond = Math.round((this.#executions * 1000) / Math.max(1, this.#runningMs))
    return {
      executions: this.#executions,
      perSecond,
      corpus: this.#corpus,
      finding: this.#finding,
      ...this.#coverage.lines(),
    }
  }

  /** Runs inputs; those that reach something new are found by halving and kept. Positive if taking coverage cost much. */
  async #runAll(inputs: readonly Uint8Array[]): Promise<number> {
    const start = performance.now()
    for (const input of inputs) await this.#run(input)
    const ran = performance.now()
    const [first] = inputs
    const isNew = this.#coverage.hasNews({ keep: inputs.length === 1 })
    const taken = performance.now()
    this.#runningMs += ran - start
    if (isNew && this.#finding === undefined) {
      if (inputs.length === 1 && first !== undefined) this.#corpus.push(first)
      else {
        const half = inputs.length >> 1
        await this.#runAll(inputs.slice(0, half))
        await this.#runAll(inputs.slice(half))
      }
    }
    return taken - ran - (ran - start) / 8
  }

  async #run(input: Uint8Array): Promise<void> {
    if (this.#finding !== undefined) return
    this.#executions++
    const start = performance.now()
    try {
      const pending = this.#target.fuzz(input)
      if (pending !== undefined) await pending
      if (performance.now() - start > cpuMsMax) await this.#requireQuick(input)
      if (this.#executions % 64 === 0) this.#requireSmall()
    } catch (error) {
      this.#finding = { input, error }
    }
  }

  /** Runs what took long once more, by the processor's clock: others may have held the machine. */
  async #requireQuick(input: Uint8Array): Promise<void> {
    const before = process.cpuUsage()
    await this.#target.fuzz(input)
    const cpuMs = process.cpuUsage(before).user / 1000
    if (cpuMs > cpuMsMax) throw new Error(`one input took ${cpuMs} ms of the processor`)
  }

  #requireSmall(): void {
    const grownBytes = process.memoryUsage.rss() - this.#startBytes
    if (grownBytes > grownBytesMax) throw new Error(`the process has grown by ${grownBytes} bytes`)
  }
}

/** The same finding from less: pieces are left out as long as the target still breaks. */
export async function shrunk(target: FuzzTarget, finding: FuzzFinding): Promise<Uint8Array> {
  let input = finding.input
  for (let size = Math.ceil(input.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let at = 0; at < input.length; ) {
      const less = Buffer.concat([input.subarray(0, at), input.subarray(at + size)])
      if (await breaks(target, less)) input = less
      else at += size
    }
  return input
}

async function breaks(target: FuzzTarget, input: Uint8Array): Promise<boolean> {
  try {
    await target.fuzz(input)
    return false
  } catch {
    // Any break will do: the point is a small input that shows one.
    return true
  }
}
