// What a strict scan is asked and what it answers: limits in, a tree with findings or one failure out.
import type { JsonNode } from './json-node.ts'

export interface ParseOptions {
  /** Containers that may be open at once; 1,000 unless given (formats §1.2). */
  depthMax?: number
  /** Digits of one integer lexeme, sign not counted; 4,300 unless given. */
  integerDigitsMax?: number
  /** Reads the tokens `NaN`, `Infinity` and `-Infinity`, each with a finding. Off unless given. */
  allowNonFinite?: boolean
}

/** Something legal to read that a writer must not write. At most 100 are kept for one text, the first ones. */
export interface ScanFinding {
  code: 'duplicate-key' | 'lone-surrogate' | 'non-finite-number'
  /** Byte offset of the repeated key, the escape or the number. */
  offset: number
  /** RFC 6901. */
  path: string
}

export type ScanFailureCode =
  | 'invalid-utf8'
  | 'bom'
  | 'nul-bytes'
  | 'json-invalid'
  | 'glued-records'
  | 'too-deep'
  | 'number-too-long'

/** For `json-invalid` the offset is that of the first byte with which no JSON text can go on. */
export interface ScanFailure {
  ok: false
  code: ScanFailureCode
  offset: number
  message: string
}

export type ParseResult = { ok: true; root: JsonNode; findings: ScanFinding[] } | ScanFailure
