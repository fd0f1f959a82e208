// Suite M of reliability §11: a parser under inputs that coverage guides, from a corpus that lies in vectors/fuzz.
import { fuzz, type FuzzFinding, type FuzzTarget, shrunk } from '@ledgerd/testkit'
import { corpusOf, keepCorpus, keepFinding } from './fuzz-corpus.ts'
import type { SuiteReport } from './suite-report.ts'

export interface FuzzSuiteOptions {
  readonly seed: number
  readonly random: () => number
  /** Whichever is reached first. */
  readonly executionsMax: number
  readonly secondsMax: number
  /** The corpus is replaced by what this run found worth keeping. */
  readonly isKeeping: boolean
}

/** Fuzzes one target. What breaks it is made small and kept in its corpus. */
export async function runFuzzSuite(target: FuzzTarget, options: FuzzSuiteOptions): Promise<SuiteReport> {
  const { seed, random, executionsMax, secondsMax, isKeeping } = options
  const start = performance.now()
  const isOver = (): boolean => performance.now() - start > secondsMax * 1000
  const report = await fuzz(target, { random, executionsMax, isOver, corpus: corpusOf(target.name) })
  const { executions, perSecond, lines, covered, corpus, finding } = report
  if (finding === undefined && isKeeping) keepCorpus(target.name, corpus)
  const sentence = finding === undefined ? undefined : await describe(target, finding)
  return {
    suite: `M ${target.name}`,
    counts: {
      executions,
      'a second': perSecond,
      'lines covered': covered,
      'lines in all': lines,
      'inputs kept': corpus.length,
    },
    violations: sentence === undefined ? [] : [{ kind: 'misbehaved', ledger: target.name, sentence }],
    guards: [
      { name: 'inputs that reach something new', value: corpus.length, min: 3 },
      { name: 'lines covered', value: covered, min: lines / 3 },
      { name: 'executions', value: executions, min: Math.min(executionsMax, corpus.length + 1) },
    ],
    seed,
    notRun: [],
  }
}

async function describe(target: FuzzTarget, finding: FuzzFinding): Promise<string> {
  const input = Buffer.from(await shrunk(target, finding))
  keepFinding(target.name, input)
  const { error } = finding
  const said = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `${said}; input ${JSON.stringify(input.toString('latin1')).slice(0, 400)}, in base64 ${input.toString('base64').slice(0, 2000)}`
}
