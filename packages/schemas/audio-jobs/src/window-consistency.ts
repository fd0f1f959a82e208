// What a window record says twice must agree, and its scores must be possible (formats §5.1, §5.5). Nothing here is
// wrong enough to refuse to read a record.
import { formatPointer } from '@ledgerd/canonical'
import type { ObjectNode } from '@ledgerd/canonical'
import { memberNode } from '@ledgerd/schema'
import type { Breach } from '@ledgerd/schema'
import { compareDecimals, parseDecimal } from './decimal.ts'
import type { Decimal } from './decimal.ts'
import { textOf } from './node-facts.ts'
import { capsuleId, parsePhase } from './phase.ts'
import type { Phase } from './phase.ts'

/** `phase-invalid` E, `phase-mismatch` and `too-many-loops`, both W; nothing if the phase is no text. */
export function judgePhaseUse(record: ObjectNode, loopsMax: number): Breach[] {
  const text = textOf(memberNode(record, 'phase'))
  if (text === undefined) return []
  const phase = parsePhase(text)
  if (phase === undefined) return [phaseInvalid(text)]
  const breaches = judgeAgreement(record, phase)
  if (phase.refinement > loopsMax) {
    const message = `Refinement ${phase.refinement} of a window; the limit is ${loopsMax}.`
    breaches.push({ code: 'too-many-loops', severity: 'W', path: '/phase', message })
  }
  return breaches
}

function phaseInvalid(found: string): Breach {
  const expected = 'audio.window#<n>.refine#<k>'
  return {
    code: 'phase-invalid',
    severity: 'E',
    path: '/phase',
    expected,
    found,
    message: `phase must be ${expected}.`,
  }
}

function judgeAgreement(record: ObjectNode, { windowIdx }: Phase): Breach[] {
  const seeds = memberNode(record, 'seed_bundle')
  const repeats = [
    { steps: ['window_idx'], node: memberNode(record, 'window_idx'), expected: String(windowIdx) },
    { steps: ['icw_capsule_id'], node: memberNode(record, 'icw_capsule_id'), expected: capsuleId(windowIdx) },
    {
      steps: ['seed_bundle', 'window'],
      node: seeds?.kind === 'object' ? memberNode(seeds, 'window') : undefined,
      expected: String(windowIdx),
    },
  ]
  return repeats.flatMap(({ steps, node, expected }) => {
    const found = node?.kind === 'string' ? node.value : node?.kind === 'number' ? node.lexeme : undefined
    if (found === expected) return []
    const path = formatPointer(steps)
    const message = `The phase says window ${windowIdx}, ${path} does not.`
    return [
      {
        code: 'phase-mismatch',
        severity: 'W',
        rule: 'phase-mismatch',
        path,
        expected,
        ...(found === undefined ? {} : { found }),
        message,
      },
    ]
  })
}

interface Range {
  readonly lowest: Decimal
  readonly highest: Decimal | undefined
  readonly text: string
}

const [minusOne, zero, one] = ['-1', '0', '1'].map((lexeme) => parseDecimal(lexeme)!) as [Decimal, Decimal, Decimal]
const cosine: Range = { lowest: minusOne, highest: one, text: '-1 to 1' }
const distance: Range = { lowest: zero, highest: undefined, text: '0 or more' }
/** Metrics that cannot have every value by what they are: two cosines, a distance and a rate. */
const ranges: Readonly<Record<string, Range>> = { clap: cosine, spk_cos: cosine, fad: distance, cer: distance }

/** `score-range` W. Such scores were measured, so writers record them, too. */
export function judgeScoreRanges(record: ObjectNode): Breach[] {
  return ['scores_before', 'scores_after'].flatMap((name) => {
    const scores = memberNode(record, name)
    if (scores?.kind !== 'object') return []
    return Object.entries(ranges).flatMap(([metric, range]) => {
      const node = memberNode(scores, metric)
      if (node?.kind !== 'number' || isInRange(parseDecimal(node.lexeme), range)) return []
      const path = formatPointer([name, metric])
      const message = `${path} is ${node.lexeme}; ${metric} lies in ${range.text}.`
      return [{ code: 'score-range', severity: 'W', path, expected: range.text, found: node.lexeme, message }]
    })
  })
}

function isInRange(value: Decimal | undefined, { lowest, highest }: Range): boolean {
  if (value === undefined) return false
  return compareDecimals(value, lowest) >= 0 && (highest === undefined || compareDecimals(value, highest) <= 0)
}
