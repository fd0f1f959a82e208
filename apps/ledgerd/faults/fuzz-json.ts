// Targets of @ledgerd/canonical: the strict scanner against the engine's own JSON.parse, canonical texts as fixpoints,
// the fast scan against the slow one, and lines that are the same however they arrive.
import {
  CanonicalScan,
  type Dialect,
  escapeNonAscii,
  formatNode,
  formatValue,
  LineSplitter,
  parse,
  ValueRefused,
} from '@ledgerd/canonical'
import type { FuzzTarget } from '@ledgerd/testkit'
import { promise, promiseSame, texts } from './fuzz-expect.ts'

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const covers = (url: string): boolean => url.includes('/packages/canonical/')
const dictionary = [
  '"a": ',
  '{"',
  '"}',
  '[]',
  '{}',
  ', ',
  '\\u0000',
  '\\ud800',
  '\\udc00',
  '\\ud83d\\ude00',
  'null',
  'true',
  'false',
  'NaN',
  '-Infinity',
  '1e5',
  '1E-7',
  '0.1',
  '1e-320',
  '\u00c3\u00a9',
  '\u00f0\u009f\u0098\u0080',
  '\u00ed\u00a0\u0080',
  '\u00ef\u00bb\u00bf',
  '__proto__',
  '\\"',
  '\\/',
  '\\b',
]
const seeds = texts(
  '{"a": 1}',
  '{"a": {"b": [1, 2.5, -0, 1e400, "\\u00e9\u00e9\\n"]}, "c": null}',
  '[true, false, null, NaN, Infinity, -Infinity]',
  '{"a": 1, "a": 2}',
  '{"\ud83d\ude00": "\\ud83d\\ude00", "\\ud800": 1}',
  '  {"n": 9007199254740993, "m": 0.1, "x": 1E+2}  ',
  '{"event_id": "00000000000000000000000000000001", "data": {"score": 0.87}}',
)

/** Accepts what JSON.parse accepts within the limits, and reads the same. */
export const jsonTarget: FuzzTarget = {
  name: 'json',
  seeds,
  dictionary,
  covers,
  fuzz: (bytes) => {
    const ours = parse(bytes)
    const theirs = parsedByEngine(bytes)
    if (ours.ok) {
      promise(theirs !== undefined, 'the scanner takes what JSON.parse refuses')
      const text = formatNode(ours.root, 'plain')
      const hasFindings = ours.findings.length > 0
      promise(text.ok || hasFindings, `no text for a value without findings: ${JSON.stringify(text)}`)
      if (text.ok && !hasFindings)
        promiseSame(JSON.stringify(JSON.parse(text.text)), JSON.stringify(theirs.value), 'another value')
      promise(ours.root.start >= 0 && ours.root.end <= bytes.length, 'a value outside its bytes')
    } else {
      promise(ours.offset >= 0 && ours.offset <= bytes.length, 'a failure outside of the bytes')
      const isLimit = ours.code === 'too-deep' || ours.code === 'number-too-long'
      promise(theirs === undefined || isLimit, `JSON.parse takes what the scanner refuses as ${ours.code}`)
    }
  },
}

function parsedByEngine(bytes: Uint8Array): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(strict.decode(bytes)) }
  } catch {
    // Refused: that is the answer.
    return undefined
  }
}

const dialects: readonly Dialect[] = [
  'python',
  'python-ascii',
  'python-compact',
  'python-compact-ascii',
  'kernel',
  'jcs',
  'plain',
]
const scan = new CanonicalScan()

/** A canonical text is its own canonical text; what the fast scan calls canonical is; values and nodes agree. */
export const canonicalTarget: FuzzTarget = {
  name: 'canonical',
  seeds,
  dictionary,
  covers,
  fuzz: (bytes) => {
    const parsed = parse(bytes, { allowNonFinite: true })
    const isFast = scan.scan(bytes, 0, bytes.length)
    if (!parsed.ok) return promise(!isFast, 'the fast scan takes what is no JSON')
    for (const dialect of dialects) {
      const text = formatNode(parsed.root, dialect)
      if (!text.ok) continue
      const again = parse(Buffer.from(text.text), { allowNonFinite: true })
      promise(again.ok, `${dialect} text is no JSON: ${text.text.slice(0, 200)}`)
      const fixed = formatNode(again.root, dialect)
      promiseSame(fixed.ok ? fixed.text : fixed.code, text.text, `${dialect} text is no fixpoint`)
    }
    const python = formatNode(parsed.root, 'python')
    if (isFast)
      promise(python.ok && Buffer.from(python.text).equals(bytes), 'the fast scan takes what is not canonical')
    if (!python.ok || parsed.findings.length > 0) return
    const ascii = formatNode(parsed.root, 'python-ascii')
    promiseSame(escapeNonAscii(python.text), ascii.ok ? ascii.text : ascii.code, 'two ways to ASCII')
    compareValues(bytes, parsed.root)
  },
}

/** A value that TypeScript holds has the text of the node it came from. */
function compareValues(bytes: Uint8Array, root: Parameters<typeof formatNode>[0]): void {
  const theirs = parsedByEngine(bytes)
  if (theirs === undefined) return
  const node = formatNode(root, 'jcs')
  let value: string | undefined
  try {
    value = formatValue(theirs.value, 'jcs', { depthMax: 1000 })
  } catch (error) {
    if (!(error instanceof ValueRefused)) throw error
  }
  if (value !== undefined && node.ok) promiseSame(value, node.text, 'a value and its node')
}

/** The same lines whatever the chunks; every byte is in one of them; long lines are told once and cost nothing. */
export const splitterTarget: FuzzTarget = {
  name: 'splitter',
  seeds: texts(
    'a\nb\n',
    '\n\n\n',
    'one line',
    'a\r\nb\u2028c\n',
    `${'x'.repeat(100)}\ny`,
    `${'x'.repeat(40)}\n${'y'.repeat(33)}\n`,
  ),
  dictionary: ['\n', '\r\n', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'],
  covers: (url) => url.endsWith('/line-splitter.ts'),
  fuzz: (bytes) => {
    const whole = split([bytes])
    let state = bytes.length + 1
    const chunks: Uint8Array[] = []
    for (let at = 0; at < bytes.length; ) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      const next = at + ((state >>> 16) % 37)
      chunks.push(bytes.subarray(at, next))
      at = next
    }
    promiseSame(split(chunks), whole, 'lines depend on chunks')
    let at = 0
    for (const { offset, length, isTerminated } of whole) {
      promiseSame(offset, at, 'a line begins elsewhere')
      at = offset + length + (isTerminated ? 1 : 0)
    }
    promiseSame(at, bytes.length, 'bytes are in no line')
  },
}

const shortLineBytesMax = 32

interface Piece {
  readonly offset: number
  readonly length: number
  readonly isTerminated: boolean
  readonly hex: string
}

function split(chunks: readonly Uint8Array[]): Piece[] {
  const splitter = new LineSplitter({ lineBytesMax: shortLineBytesMax })
  const pieces: Piece[] = []
  const starts: number[] = []
  const keep = (line: ReturnType<LineSplitter['end']>): void => {
    if (line === undefined) return
    const { bytes, offset, isTerminated, isTooLong } = line
    promise(bytes.length <= shortLineBytesMax, 'a line over the limit is kept')
    starts.push(offset)
    pieces.push({
      offset,
      length: isTooLong ? -1 : bytes.length,
      isTerminated,
      hex: isTooLong ? 'too long' : Buffer.from(bytes).toString('hex'),
    })
  }
  for (const chunk of chunks) for (const line of splitter.push(chunk)) keep(line)
  keep(splitter.end())
  const total = chunks.reduce((sum, { length }) => sum + length, 0)
  return pieces.map((piece, at) => {
    const end = starts[at + 1] ?? total
    return piece.length >= 0 ? piece : { ...piece, length: end - piece.offset - (piece.isTerminated ? 1 : 0) }
  })
}
