// Which code an input reached, by V8's own precise counts: blocks with rough counts to guide a fuzzer, and lines for people.
import { Session, type Profiler } from 'node:inspector'

export interface LineCoverage {
  /** Lines inside functions, blank ones and lone brackets left out. */
  readonly lines: number
  readonly covered: number
}

interface Script {
  readonly id: string
  /** 1 for each character that ran. */
  readonly ran: Uint8Array
  /** 1 for each character inside a function. */
  readonly isCode: Uint8Array
}

export class Coverage {
  readonly #session = new Session()
  readonly #covers: (url: string) => boolean
  readonly #seen = new Set<string>()
  readonly #scripts: Map<string, Script> = new Map()

  /** Counts from here on the code whose URL `covers` accepts. */
  constructor(covers: (url: string) => boolean) {
    this.#covers = covers
    this.#session.connect()
    this.#post('Profiler.enable')
    this.#post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }

  /** Blocks that ran since the last call and had never run so often: `keep` takes them as known from here on. */
  take({ keep }: { readonly keep: boolean }): number {
    let found = 0
    for (const { scriptId, functions } of this.#counts()) {
      let hasNews = false
      for (const { ranges } of functions)
        for (const { startOffset, endOffset, count } of ranges) {
          if (count === 0) continue
          const key = `${scriptId} ${startOffset} ${endOffset} ${Math.min(8, 32 - Math.clz32(count))}`
          if (this.#seen.has(key)) continue
          hasNews = true
          found++
          if (keep) this.#seen.add(key)
        }
      if (hasNews && keep) this.#mark(scriptId, functions)
    }
    return found
  }

  lines(): LineCoverage {
    let lines = 0
    let covered = 0
    this.#post('Debugger.enable')
    for (const { id, ran, isCode } of this.#scripts.values()) {
      const { scriptSource } = this.#post('Debugger.getScriptSource', { scriptId: id }) as { scriptSource: string }
      let start = 0
      for (const line of scriptSource.split('\n')) {
        const first = start + line.search(/\S/)
        start += line.length + 1
        if (!/[\w$]/.test(line) || /^\s*(\/\/|\*|\/\*)/.test(line) || isCode[first] !== 1) continue
        lines++
        covered += ran[first] ?? 0
      }
    }
    this.#post('Debugger.disable')
    return { lines, covered }
  }

  close(): void {
    this.#post('Profiler.stopPreciseCoverage')
    this.#session.disconnect()
  }

  #counts(): Profiler.ScriptCoverage[] {
    const { result } = this.#post('Profiler.takePreciseCoverage') as Profiler.TakePreciseCoverageReturnType
    return result.filter(({ url }) => this.#covers(url))
  }

  #mark(scriptId: string, functions: readonly Profiler.FunctionCoverage[]): void {
    const length = functions.reduce((most, { ranges }) => Math.max(most, ranges[0]?.endOffset ?? 0), 0)
    const known = this.#scripts.get(scriptId)
    const script: Script = known ?? { id: scriptId, ran: new Uint8Array(length), isCode: new Uint8Array(length) }
    this.#scripts.set(scriptId, script)
    const { ran, isCode } = script
    for (const { ranges } of functions) {
      const [whole] = ranges
      // A module's own wrapper ran before counting began.
      if (whole === undefined || whole.endOffset > length - wrapperEndChars) continue
      isCode.fill(1, whole.startOffset, whole.endOffset)
      const before = ran.slice(whole.startOffset, whole.endOffset)
      for (const { startOffset, endOffset, count } of ranges) ran.fill(count > 0 ? 1 : 0, startOffset, endOffset)
      for (const [at, hadRun] of before.entries()) if (hadRun === 1) ran[whole.startOffset + at] = 1
    }
  }

  #post(method: string, parameters: object = {}): unknown {
    let answer: unknown
    this.#session.post(method, parameters, (error, result) => {
      if (error !== null) throw new Error(`${method}: ${error.message}`)
      answer = result
    })
    return answer
  }
}

const wrapperEndChars = 8
