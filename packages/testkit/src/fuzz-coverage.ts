// Which code an input reached, by V8's own precise counts: blocks to guide a fuzzer, and lines for people.
import { Session, type Profiler } from 'node:inspector'

export interface LineCoverage {
  /** Lines inside functions that were reached, blank ones and lone brackets left out. */
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
  readonly #covers: (url: string) => boolean
  readonly #scripts: Map<string, Script> = new Map()

  /** Counts from here on the code whose URL `covers` accepts. */
  constructor(covers: (url: string) => boolean) {
    this.#covers = covers
    this.#counts()
  }

  /** True if code ran since the last call that never ran before; with `keep` it is known from here on. */
  hasNews({ keep }: { readonly keep: boolean }): boolean {
    let hasNews = false
    for (const { scriptId, functions } of this.#counts()) {
      const length = functions.reduce((most, { ranges }) => Math.max(most, ranges[0]?.endOffset ?? 0), 0)
      const script = this.#script(scriptId, length)
      const now = painted(functions, length)
      if (!hasMore(now, script.ran)) continue
      hasNews = true
      if (keep) this.#merge(script, now, functions)
    }
    return hasNews
  }

  lines(): LineCoverage {
    let lines = 0
    let covered = 0
    for (const { id, ran, isCode } of this.#scripts.values()) {
      let start = 0
      for (const line of (sources.get(id) ?? '').split('\n')) {
        const first = start + line.search(/\S/)
        start += line.length + 1
        if (!/[\w$]/.test(line) || /^\s*(\/\/|\*|\/\*)/.test(line) || isCode[first] !== 1) continue
        lines++
        covered += ran[first] ?? 0
      }
    }
    return { lines, covered }
  }

  #counts(): Profiler.ScriptCoverage[] {
    const { result } = post('Profiler.takePreciseCoverage') as Profiler.TakePreciseCoverageReturnType
    return result.filter(({ url }) => this.#covers(url))
  }

  #script(id: string, length: number): Script {
    let script = this.#scripts.get(id)
    if (script === undefined || script.ran.length < length) {
      const [ran, isCode] = [new Uint8Array(length), new Uint8Array(length)]
      ran.set(script?.ran ?? [])
      isCode.set(script?.isCode ?? [])
      script = { id, ran, isCode }
      this.#scripts.set(id, script)
    }
    return script
  }

  #merge({ ran, isCode }: Script, now: Uint8Array, functions: readonly Profiler.FunctionCoverage[]): void {
    for (const [at, hasRun] of now.entries()) if (hasRun === 1) ran[at] = 1
    for (const { functionName, ranges } of functions) {
      const [whole] = ranges
      // A module as such, and what its loader wraps it in, ran before counting began.
      if (whole !== undefined && !(functionName === '' && whole.startOffset < wrapperStartMax))
        isCode.fill(1, whole.startOffset, whole.endOffset)
    }
  }
}

/** One for the process, and never ended: what counts a function once does not begin anew. */
let session: Session | undefined
/** Of the modules that were loaded when counting began. */
const sources = new Map<string, string>()

function post(method: string, parameters: object = {}): unknown {
  if (session === undefined) {
    session = new Session()
    session.connect()
    readSources(session)
    post('Profiler.enable')
    post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }
  let answer: unknown
  session.post(method, parameters, (error, result) => {
    if (error !== null) throw new Error(`${method}: ${error.message}`)
    answer = result
  })
  return answer
}

/** Before counting begins: a debugger that goes takes the block counters of all functions with it, and one that stays is slow. */
function readSources(from: Session): void {
  const scripts: string[] = []
  from.on('Debugger.scriptParsed', ({ params: { url, scriptId } }) => {
    if (url.startsWith('file:') && !url.includes('/node_modules/')) scripts.push(scriptId)
  })
  from.post('Debugger.enable')
  for (const scriptId of scripts) {
    const { scriptSource } = post('Debugger.getScriptSource', { scriptId }) as { readonly scriptSource: string }
    sources.set(scriptId, scriptSource)
  }
  from.post('Debugger.disable')
}

const wrapperStartMax = 64

/** 1 for each character that ran. Functions come before those inside them, blocks before the blocks inside. */
function painted(functions: readonly Profiler.FunctionCoverage[], length: number): Uint8Array {
  const now = new Uint8Array(length)
  for (const { ranges } of functions)
    for (const { startOffset, endOffset, count } of ranges) now.fill(count > 0 ? 1 : 0, startOffset, endOffset)
  return now
}

function hasMore(now: Uint8Array, ran: Uint8Array): boolean {
  for (let at = 0; at < now.length; at++) if (now[at] === 1 && ran[at] !== 1) return true
  return false
}
