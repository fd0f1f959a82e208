// The rules of shape that no linter knows (CONTRIBUTING.md): names of files, what the first line is, how doors are
// written, what a TODO must carry, that a test which may be skipped says what it needs, and that the daemon reads no clock
// by itself. Line counts are the linter's.
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { listPackages, listSources, report, repositoryRoot } from './workspace.mjs'

const refusedNames = /^(utils?|common|helpers?|misc|managers?|.*-(utils?|helpers?|manager))$/
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*$/

/** @typedef {{ file: string, lines: string[], isTest: boolean }} Source */

/** @type {readonly { name: string, find: (source: Source) => string[] }[]} */
const rules = [
  {
    name: 'file name',
    find: ({ file }) => {
      const stem = basename(file).split('.')[0] ?? ''
      if (refusedNames.test(stem)) return [`${file}: name the idea instead of "${stem}"`]
      return kebabCase.test(stem) ? [] : [`${file}: file names are kebab-case`]
    },
  },
  {
    name: 'first line',
    find: ({ file, lines, isTest }) => {
      const first = lines.find((line) => !line.startsWith('#!')) ?? ''
      const needsNone = isTest || basename(file) === 'index.ts'
      return needsNone || /^\/\/ \S|^\/\*\*/.test(first)
        ? []
        : [`${file}:1: the first line says what the file owns and promises`]
    },
  },
  {
    name: 'door',
    find: ({ file, lines }) =>
      basename(file) === 'index.ts'
        ? linesThat(
            file,
            lines,
            /^export \*|ForTesting/,
            'index.ts lists its exports by name, none of them for testing',
          )
        : [],
  },
  {
    name: 'TODO',
    find: ({ file, lines }) =>
      linesThat(
        file,
        lines,
        /(?:\/\/|\*|#)\s*(?:TODO|FIXME|XXX)\b(?!\(#\d+\)| ?#\d+)/,
        'TODO needs an issue number, as TODO(#12)',
      ),
  },
  {
    name: 'skipped test',
    find: ({ file, lines }) =>
      lines.flatMap((line, index) => {
        const title = lines.slice(index, index + 2).join('\n')
        return /\b(?:it|describe)\.(?:skipIf|runIf)\(/.test(line) && !/\(needs |\$\{needs\}/.test(title)
          ? [`${file}:${index + 1}: the title of a test that may be skipped ends with what it "(needs …)"`]
          : []
      }),
  },
  {
    name: 'clock',
    find: ({ file, lines, isTest }) =>
      file.startsWith('apps/ledgerd/src/') && !isTest && !isEdge(file)
        ? linesThat(file, lines, /\bnew Date\(\)|[^.\w]Date\(\)/, 'the clock enters at main.ts and is passed in')
        : [],
  },
]

/**
 * Every place that breaks a rule of shape, as sentences.
 * @param {string} root
 * @returns {string[]}
 */
export function findTidyProblems(root) {
  const folders = [...listPackages(root).map(({ dir }) => dir), 'scripts']
  return folders
    .flatMap((dir) => listSources(root, dir))
    .flatMap((file) => {
      const lines = readFileSync(join(root, file), 'utf8').split('\n')
      const isTest = /\.test\.(ts|mjs)$/.test(file) || /\/(conformance|test)\//.test(file)
      return rules.flatMap((rule) => rule.find({ file, lines, isTest }))
    })
}

/** @param {string} file */
function isEdge(file) {
  return file === 'apps/ledgerd/src/main.ts' || file.startsWith('apps/ledgerd/src/cli/')
}

/**
 * @param {string} file
 * @param {readonly string[]} lines
 * @param {RegExp} pattern
 * @param {string} sentence
 */
function linesThat(file, lines, pattern, sentence) {
  return lines.flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${sentence}`] : []))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) report(findTidyProblems(repositoryRoot))
