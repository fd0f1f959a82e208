// How a decoder knows a frame: which members it has and of what kind, and what its body is.

/** A parsed header before anything is known about its members. */
export type Header = Readonly<Record<string, unknown>>

/** One kind of member: what it must be, as a test and as words for the refusal. */
export interface Field {
  readonly want: string
  isValid(value: unknown): boolean
}

/**
 * `none`: empty. `lines`: lines, each ended by LF, `n` of them or one. `leaf-hashes`: 65 bytes for each draft of the acks.
 */
export type BodyKind = 'none' | 'lines' | 'leaf-hashes'

type OptionalNames<Frame> = { [Name in keyof Frame]-?: undefined extends Frame[Name] ? Name : never }[keyof Frame]

/** The rules of one frame type; the member names are checked against the frame's TypeScript type. */
export interface FrameRule<Frame> {
  readonly required: Readonly<Record<Exclude<keyof Frame, OptionalNames<Frame> | 't'>, Field>>
  readonly optional: Readonly<Record<OptionalNames<Frame>, Field>>
  readonly body: BodyKind
  /** What must hold between members; the sentence says what is wrong. */
  together?(header: Header): string | undefined
}

export type FrameRules<Frame extends { readonly t: string }> = {
  readonly [Name in Frame['t']]: FrameRule<Extract<Frame, { readonly t: Name }>>
}
