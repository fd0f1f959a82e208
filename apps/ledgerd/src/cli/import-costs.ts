// Costs that workflow records hold as floats. They are legal and kept as they are; sums of them are approximate, and an
// operator who settles accounts by them should know before the switch.
import { LineSplitter, parse } from '@ledgerd/canonical'
import { type Finding, memberNode } from '@ledgerd/schema'
import type { VerifyReport } from '@ledgerd/verify'

const word = Buffer.from('"cost_total"')

/** Reads along while lines are checked. */
export class CostWatch {
  #count = 0
  #first: { readonly line: number; readonly offset: number } | undefined

  /** Hands the chunks on unchanged. */
  async *watch(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const splitter = new LineSplitter()
    let line = 0
    for await (const chunk of chunks) {
      for (const { bytes, offset } of splitter.push(chunk)) {
        line++
        if (!isCostFloat(bytes)) continue
        this.#count++
        this.#first ??= { line, offset }
      }
      yield chunk
    }
  }

  /** One finding for all of them, at the first; undefined when there is none. */
  finding(): Finding | undefined {
    if (this.#first === undefined) return undefined
    const records =
      this.#count === 1 ? 'One record holds its cost as a float' : `${this.#count} records hold their costs as floats`
    const message = `${records}, here the first: they are kept as they are, and sums of them are approximate.`
    return { code: 'cost-float', severity: 'I', ...this.#first, path: '/usage/cost_total', message }
  }
}

/** The report with what was seen of costs. */
export function withCosts(report: VerifyReport, costs: CostWatch | undefined): VerifyReport {
  const finding = costs?.finding()
  if (finding === undefined) return report
  const findings = [...report.findings, finding].toSorted((a, b) => a.line - b.line)
  return { ...report, findings, counts: { ...report.counts, I: report.counts.I + 1 } }
}

function isCostFloat(line: Uint8Array): boolean {
  if (!Buffer.from(line.buffer, line.byteOffset, line.length).includes(word)) return false
  const result = parse(line)
  if (!result.ok || result.root.kind !== 'object') return false
  const usage = memberNode(result.root, 'usage')
  const cost = usage?.kind === 'object' ? memberNode(usage, 'cost_total') : undefined
  return cost?.kind === 'number' && /[.eE]/.test(cost.lexeme)
}
