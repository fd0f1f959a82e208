// Suite M of reliability §11: every parser under inputs that coverage guides, from a corpus that lies in vectors/fuzz.
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { fuzz, type FuzzReport, type FuzzTarget, shrunk } from '@ledgerd/testkit'
import { fuzzTargets } from './fuzz-targets.ts'
import type { SuiteReport } from './suite-report.ts'

export interface FuzzSuiteOptions {
  readonly seed: number
  readonly random: () => number
  readonly executionsMax: number
  /** Of each target. */
  readonly secondsMax: number
  /** Only these targets; all without. */
  readonly names?: readonly string[]
  /** New inputs go into the corpus. */
  readonly isKeeping: boolean
}

const corpusRoot = path.resolve(import.meta.dirname, '../../../vectors/fuzz')

/** The kept inputs of a target. */
export function corpusOf(target: FuzzTarget): Uint8Array[] {
  const folder = path.join(corpusRoot, target.name)
  if (!fs.existsSync(folder)) return []
  return fs.readdirSync(folder).sort().map((name) => fs.readFileSync(path.join(folder, name)))
}

/** Fuzzes the targets one after the other. */
export async function runFuzzSuite(options: FuzzSuiteOptions): Promise<SuiteReport> {
  const { seed, random, executionsMax, secondsMax, names } = options
  const chosen = fuzzTargets.filter(({ name }) => names === undefined || names.includes(name))
  const counts: Record<string, number> = {}
  const violations: SuiteReport['violations'][number][] = []
  const guards: SuiteReport['guards'][number][] = []
  for (const target of chosen) {
    const start = performance.now()
    const isOver = (): boolean => performance.now() - start > secondsMax * 1000
    const report = await fuzz(target, { random, executionsMax, isOver, corpus: corpusOf(target) })
    counts[`${target.name}: executions`] = report.executions
    counts[`${target.name}: a second`] = report.perSecond
    counts[`${target.name}: lines covered, of ${report.lines}`] = report.covered
    guards.push({ name: `${target.name}: inputs that reach something`, value: report.corpus.length, min: 3 })
    guards.push({ name: `${target.name}: lines covered`, value: report.covered, min: 5 })
    if (report.finding !== undefined) violations.push({ kind: 'misbehaved', ledger: '', sentence: await describe(target, report, seed) })
    else if (options.isKeeping) keep(target, report.corpus)
  }
  return { suite: 'M fuzzing', counts, violations, guards, seed, notRun: [] }
}

async function describe(target: FuzzTarget, { finding, executions }: FuzzReport, seed: number): Promise<string> {
  if (finding === undefined) return ''
  const input = Buffer.from(await shrunk(target, finding))
  const shown = `${JSON.stringify(input.toString('latin1')).slice(0, 400)}, base64 ${input.toString('base64').slice(0, 2000)}`
  const { error } = finding
  return `${target.name}, seed ${seed}, execution ${executions}: ${error instanceof Error ? error.stack : String(error)}; input ${shown}`
}

/** The smallest inputs stay: a corpus is read by every test run. */
const corpusInputsMax = 80
const corpusBytesMax = 2048

function keep(target: FuzzTarget, corpus: readonly Uint8Array[]): void {
  const folder = path.join(corpusRoot, target.name)
  fs.rmSync(folder, { recursive: true, force: true })
  fs.mkdirSync(folder, { recursive: true })
  const small = corpus.filter(({ length }) => length <= corpusBytesMax).sort((left, right) => left.length - right.length)
  for (const input of small.slice(0, corpusInputsMax))
    fs.writeFileSync(path.join(folder, createHash('sha256').update(input).digest('hex').slice(0, 16)), input)
}
