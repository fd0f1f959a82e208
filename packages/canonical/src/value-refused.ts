// The refusal of a value that has no canonical text: what is wrong with it and where.

export type RefusalReason =
  | 'lone-surrogate'
  | 'non-finite-number'
  | 'unsupported'
  | 'cycle'
  | 'too-deep'
  | 'proto-key'
  | 'not-integer'

export class ValueRefused extends Error {
  override readonly name = 'ValueRefused'
  /** RFC 6901; the empty string is the value itself. */
  readonly path: string
  readonly reason: RefusalReason
  /** What was found, such as `undefined` or a class name. */
  readonly detail: string

  constructor(path: string, reason: RefusalReason, detail: string) {
    super(`Unsupported value at ${path === '' ? 'the root' : path}: ${detail}`)
    this.path = path
    this.reason = reason
    this.detail = detail
  }
}
