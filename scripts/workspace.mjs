// What the checks know about the repository: its root, its packages and their source files. Reads, never writes.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** @typedef {{ name: string, private?: boolean, version: string, bin?: Record<string, string>, dependencies?: Record<string, string>, peerDependencies?: Record<string, string>, devDependencies?: Record<string, string> }} Manifest */
/** @typedef {{ dir: string, manifest: Manifest }} Package `dir` is relative to the root, with forward slashes. */

export const repositoryRoot = dirname(dirname(fileURLToPath(import.meta.url)))

/** The environment in which the repository's tools are found, also when a script is started without pnpm. */
export const toolEnvironment = {
  ...process.env,
  PATH: [join(repositoryRoot, 'node_modules', '.bin'), dirname(process.execPath), process.env['PATH']].join(delimiter),
}

/**
 * Every package that pnpm-workspace.yaml names, sorted by folder.
 * @param {string} root
 * @returns {Package[]}
 */
export function listPackages(root) {
  return workspacePatterns(root)
    .flatMap((pattern) => expand(root, pattern))
    .filter((dir) => existsSync(join(root, dir, 'package.json')))
    .toSorted()
    .map((dir) => ({ dir, manifest: readJson(join(root, dir, 'package.json')) }))
}

/**
 * Source files below `dir` with one of `extensions`, relative to `root`, sorted. Built and foreign files are left out.
 * @param {string} root
 * @param {string} dir
 * @param {readonly string[]} [extensions]
 * @returns {string[]}
 */
export function listSources(root, dir, extensions = ['.ts', '.mjs']) {
  const left = new Set(['node_modules', 'dist', '.git', '.turbo', 'coverage', 'vectors'])
  /** @type {string[]} */
  const found = []
  const visit = (/** @type {string} */ folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory() && !left.has(entry.name)) visit(join(folder, entry.name))
      else if (entry.isFile() && extensions.some((extension) => entry.name.endsWith(extension))) {
        found.push(relative(root, join(folder, entry.name)).replaceAll('\\', '/'))
      }
    }
  }
  if (existsSync(join(root, dir))) visit(join(root, dir))
  return found.toSorted()
}

/**
 * The module names a source text imports or re-exports, static and dynamic, with line numbers. Works on formatted code,
 * where every import statement starts its line.
 * @param {string} text
 * @returns {{ specifier: string, line: number, isType: boolean }[]}
 */
export function listImports(text) {
  const patterns = [
    /^(?:import|export)\s(?<type>type\s)?(?:[\w*{$][^'"`;]*?\sfrom\s)['"](?<specifier>[^'"]+)['"]/gm,
    /^import\s['"](?<specifier>[^'"]+)['"]/gm,
    /\b(?:import|require|require\.resolve|import\.meta\.resolve)\(\s*['"](?<specifier>[^'"]+)['"]/g,
  ]
  return patterns
    .flatMap((pattern) =>
      [...text.matchAll(pattern)].map((match) => ({
        specifier: match.groups?.['specifier'] ?? '',
        line: text.slice(0, match.index).split('\n').length,
        isType: match.groups?.['type'] !== undefined,
      })),
    )
    .toSorted((a, b) => a.line - b.line)
}

/**
 * @param {string} path
 * @returns {any}
 */
export function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'))
}

/**
 * Prints the problems of one check and sets the exit code; the usual last line of a check script.
 * @param {readonly string[]} problems
 */
export function report(problems) {
  for (const problem of problems) console.log(problem)
  process.exitCode = problems.length === 0 ? 0 : 1
}

/** @param {string} root */
function workspacePatterns(root) {
  const text = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')
  const list = /^packages:\n(?<items>(?:\s+- .+\n)+)/m.exec(text)?.groups?.['items'] ?? ''
  return [...list.matchAll(/- ['"]?([^'"\n]+)/g)].map((match) => match[1] ?? '')
}

/**
 * @param {string} root
 * @param {string} pattern
 */
function expand(root, pattern) {
  if (!pattern.endsWith('/*')) return [pattern]
  const parent = pattern.slice(0, -2)
  if (!existsSync(join(root, parent))) return []
  return readdirSync(join(root, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${parent}/${entry.name}`)
}
