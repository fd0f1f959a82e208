// The canonical text dialects of formats §1.3, as data: separators, escaping, key order and number style. `python-ordered`
// is `python` with the members in the order they stand in, as families that fix a member order write their lines.
import { compareCodePoints, compareCodeUnits } from './key-order.ts'

export type Dialect =
  | 'python'
  | 'python-ascii'
  | 'python-compact'
  | 'python-compact-ascii'
  | 'python-ordered'
  | 'kernel'
  | 'jcs'
  | 'plain'

export interface DialectRules {
  readonly comma: string
  readonly colon: string
  /** Everything outside 0x20..0x7E is written as `\uxxxx`. */
  readonly isAscii: boolean
  readonly numbers: 'python' | 'js'
  /** Undefined keeps the members in the order they stand in. */
  readonly compareKeys: ((a: string, b: string) => number) | undefined
  /** Whether a lone surrogate has a text at all, namely `\udxxx`. */
  readonly allowsLoneSurrogate: boolean
}

const python: DialectRules = {
  comma: ', ',
  colon: ': ',
  isAscii: false,
  numbers: 'python',
  compareKeys: compareCodePoints,
  allowsLoneSurrogate: false,
}
const compact = { comma: ',', colon: ':' }
const ascii = { isAscii: true, allowsLoneSurrogate: true }
const kernel: DialectRules = {
  ...compact,
  isAscii: false,
  numbers: 'js',
  compareKeys: compareCodeUnits,
  allowsLoneSurrogate: true,
}

export const dialectRules: Readonly<Record<Dialect, DialectRules>> = {
  python,
  'python-ascii': { ...python, ...ascii },
  'python-compact': { ...python, ...compact },
  'python-compact-ascii': { ...python, ...compact, ...ascii },
  'python-ordered': { ...python, compareKeys: undefined },
  kernel,
  jcs: { ...kernel, allowsLoneSurrogate: false },
  plain: { ...kernel, compareKeys: undefined },
}
