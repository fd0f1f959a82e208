// Small questions about nodes of a parsed record.
import { isIntegerLexeme } from '@ledgerd/canonical'
import type { JsonNode } from '@ledgerd/canonical'

/** True for a number written without fraction and exponent. */
export function isInteger(node: JsonNode | undefined): boolean {
  return node?.kind === 'number' && isIntegerLexeme(node.lexeme)
}

/** The text of a string node, or undefined. */
export function textOf(node: JsonNode | undefined): string | undefined {
  return node?.kind === 'string' ? node.value : undefined
}
