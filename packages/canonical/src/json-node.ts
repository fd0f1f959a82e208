// The token-preserving tree of a JSON text: number lexemes, member order, repeated keys and lone surrogates survive,
// so that any dialect can be written from it and nothing is lost by reading.

/** `start` and `end` are byte offsets into the scanned bytes (`end` exclusive); -1 when the node was built from a value. */
interface Span {
  start: number
  end: number
}

export interface ObjectNode extends Span {
  kind: 'object'
  /** In file order, repeated keys kept. */
  members: JsonMember[]
}

export interface JsonMember {
  key: string
  /** Byte offset of the key's opening quote; -1 when built from a value. */
  keyStart: number
  value: JsonNode
}

export interface ArrayNode extends Span {
  kind: 'array'
  items: JsonNode[]
}

export interface StringNode extends Span {
  kind: 'string'
  /** The decoded text. It may hold lone surrogates. */
  value: string
}

export interface NumberNode extends Span {
  kind: 'number'
  /** Exactly as read: `1.0` stays `1.0`, and an integer keeps every digit. */
  lexeme: string
}

export interface LiteralNode extends Span {
  kind: 'literal'
  value: true | false | null
}

export interface NonFiniteNode extends Span {
  kind: 'non-finite'
  lexeme: 'NaN' | 'Infinity' | '-Infinity'
}

export type JsonNode = ObjectNode | ArrayNode | StringNode | NumberNode | LiteralNode | NonFiniteNode
