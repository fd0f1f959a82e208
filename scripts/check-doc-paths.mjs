// Every link and every file that a document names exists. Documents describe the present.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { report, repositoryRoot } from './workspace.mjs'

/**
 * Relative links that lead nowhere, and repository paths in backticks that do not exist.
 * @param {string} root
 * @param {string} file relative to root
 * @param {string} text
 * @returns {string[]}
 */
export function findDeadPaths(root, file, text) {
  const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)(?:#[^)]*)?\)/g)].map((match) =>
    join(dirname(file), match[1] ?? ''),
  )
  const paths = [...text.matchAll(/`((?:packages|apps|scripts|docs|bench|vectors|\.ci|\.changeset)\/[\w./-]*)`/g)].map(
    (match) => match[1] ?? '',
  )
  return [...new Set([...links, ...paths])]
    .filter((path) => !existsSync(join(root, path)))
    .map((path) => `${file}: there is no ${path}`)
}

/**
 * @param {string} root
 * @returns {string[]} documents, relative to root
 */
function listDocuments(root) {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((path) => `docs/${path}`)
  return [...readdirSync(root), ...docs].filter((path) => path.endsWith('.md')).toSorted()
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const read = (/** @type {string} */ file) => readFileSync(join(repositoryRoot, file), 'utf8')
  report(listDocuments(repositoryRoot).flatMap((file) => findDeadPaths(repositoryRoot, file, read(file))))
}
