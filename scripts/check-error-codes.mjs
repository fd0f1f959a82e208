// The codes in the table of PROTOCOL.md §7 and the closed union in packages/schema are the same list, with the same
// facts: a code that only one side knows, or that they judge differently, fails.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { report, repositoryRoot } from './workspace.mjs'

/**
 * @param {string} protocolText PROTOCOL.md
 * @param {string} errorsText packages/schema/src/errors.ts
 * @returns {string[]}
 */
export function findCodeProblems(protocolText, errorsText) {
  const documented = documentedCodes(protocolText)
  const declared = declaredCodes(errorsText)
  if (documented.size === 0) return ['PROTOCOL.md: no table of error codes found']
  if (declared.size === 0) return ['packages/schema/src/errors.ts: no ErrorCode union found']
  return [
    ...[...declared].filter((code) => !documented.has(code)).map((code) => `PROTOCOL.md: ${code} is not listed`),
    ...[...documented.keys()]
      .filter((code) => !declared.has(code))
      .map((code) => `PROTOCOL.md: ${code} does not exist`),
    ...[...documented].flatMap(([code, isRetryable]) => factProblems(code, isRetryable, errorsText)),
  ]
}

/**
 * @param {string} text
 * @returns {Map<string, boolean>} code, and whether the table says that a retry may help
 */
function documentedCodes(text) {
  const section = /^## 7\. Errors\n(?<body>[\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(text)?.groups?.['body'] ?? ''
  const rows = section.split('\n').filter((line) => line.startsWith('| `'))
  return new Map(
    rows.flatMap((row) => {
      const cells = row.split('|').map((cell) => cell.trim())
      const codes = [...(cells[1] ?? '').matchAll(/`([A-Z_]+)`/g)].map((match) => match[1] ?? '')
      return codes.map((code) => /** @type {[string, boolean]} */ ([code, cells[3] === 'yes']))
    }),
  )
}

/** @param {string} text */
function declaredCodes(text) {
  const union = /export type ErrorCode =\n(?<members>(?:\s+\| '[A-Z_]+'\n)+)/.exec(text)?.groups?.['members'] ?? ''
  return new Set([...union.matchAll(/'([A-Z_]+)'/g)].map((match) => match[1] ?? ''))
}

/**
 * @param {string} code
 * @param {boolean} isRetryable
 * @param {string} errorsText
 */
function factProblems(code, isRetryable, errorsText) {
  const facts = new RegExp(`^  ${code}: (.+),$`, 'm').exec(errorsText)?.[1]
  if (facts === undefined) return []
  const isDeclaredRetryable = facts === 'absentForNow' || facts.includes('retryable: true')
  return isDeclaredRetryable === isRetryable ? [] : [`PROTOCOL.md: ${code} says retry otherwise than errors.ts`]
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const read = (/** @type {string} */ path) => readFileSync(join(repositoryRoot, path), 'utf8')
  report(findCodeProblems(read('PROTOCOL.md'), read('packages/schema/src/errors.ts')))
}
