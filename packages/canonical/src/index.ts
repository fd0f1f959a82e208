// @ledgerd/canonical: value <-> bytes <-> hash. Strict lossless JSON, the canonical text dialects, content hashes, and
// lines out of byte streams. Pure, without dependencies.
export { CanonicalScan } from './canonical-scan.ts'
export { formatNode } from './format-node.ts'
export { formatValue } from './format-value.ts'
export { contentHash, openHash, sha256, sha256Hex } from './hash.ts'
export { formatPointer } from './json-pointer.ts'
export { escapeNonAscii } from './json-string.ts'
export { isBlank, LineSplitter } from './line-splitter.ts'
export { Float } from './number-plan.ts'
export { parse } from './parse.ts'
export { isIntegerLexeme, pythonFloat } from './python-number.ts'
export { TextDigest } from './text-digest.ts'
export { ValueRefused } from './value-refused.ts'

export type { Dialect } from './dialect.ts'
export type { FormatOptions, FormatResult } from './format-node.ts'
export type { FormatValueOptions } from './format-value.ts'
export type { HashAlgo } from './hash.ts'
export type {
  ArrayNode,
  JsonMember,
  JsonNode,
  LiteralNode,
  NonFiniteNode,
  NumberNode,
  ObjectNode,
  StringNode,
} from './json-node.ts'
export type { SplitLine } from './line-splitter.ts'
export type { NumberPlan } from './number-plan.ts'
export type { ParseOptions, ParseResult, ScanFailure, ScanFailureCode, ScanFinding } from './parse-result.ts'
export type { RunningDigest } from './running-digest.ts'
export type { RefusalReason } from './value-refused.ts'
