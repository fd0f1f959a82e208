// Runs every check of the repository and prints one line for each. `pnpm check` runs all, `pnpm check lint types` some,
// `--except=tests` all but some, `--fix` also repairs what a formatter can. Cheap checks come first; all run even when
// one has failed.
import { spawnSync } from 'node:child_process'
import { repositoryRoot, toolEnvironment } from './workspace.mjs'

const isFixing = process.argv.includes('--fix')
const named = process.argv.slice(2).filter((argument) => !argument.startsWith('-'))
const excepted = process.argv.flatMap((argument) => /^--except=(.+)$/.exec(argument)?.[1]?.split(',') ?? [])
const node = process.execPath

/** @type {readonly { name: string, commands: readonly (readonly string[])[] }[]} */
const checks = [
  { name: 'format', commands: [['biome', 'format', ...(isFixing ? ['--write'] : []), '.']] },
  { name: 'arrows', commands: [[node, 'scripts/check-arrows.mjs']] },
  { name: 'tidy', commands: [[node, 'scripts/check-tidy.mjs']] },
  { name: 'codes', commands: [[node, 'scripts/check-error-codes.mjs']] },
  { name: 'docs', commands: [[node, 'scripts/check-doc-paths.mjs']] },
  { name: 'build', commands: [[node, 'scripts/build.mjs']] },
  {
    name: 'types',
    commands: [
      ['tsc', '-b'],
      ['tsc', '-p', 'tsconfig.tests.json'],
      ['tsc', '-p', 'scripts/tsconfig.json'],
    ],
  },
  { name: 'lint', commands: [['oxlint', '--type-aware', '--deny-warnings', ...(isFixing ? ['--fix'] : []), '.']] },
  { name: 'unused', commands: [['knip', '--no-progress']] },
  {
    name: 'packages',
    commands: [
      [node, 'scripts/check-packages.mjs'],
      [node, 'scripts/check-schema-packages.mjs'],
    ],
  },
  { name: 'readme', commands: [[node, 'scripts/check-readme.mjs']] },
  { name: 'tests', commands: [[node, 'scripts/test.mjs']] },
]

const flags = process.argv.slice(2).filter((argument) => argument.startsWith('-'))
const unknown = [
  ...[...named, ...excepted].filter((name) => !checks.some((check) => check.name === name)),
  ...flags.filter((flag) => flag !== '--fix' && !flag.startsWith('--except=')),
]
if (unknown.length > 0) {
  const names = checks.map(({ name }) => name).join(', ')
  console.error(`check: no check or flag named ${unknown.join(', ')}; there are ${names}, --fix and --except=NAMES`)
  process.exitCode = 2
} else {
  const failed = checks
    .filter(({ name }) => (named.length === 0 || named.includes(name)) && !excepted.includes(name))
    .filter((check) => !passes(check))
  console.log(failed.length === 0 ? 'check: ok' : `check: FAILED (${failed.map(({ name }) => name).join(', ')})`)
  process.exitCode = failed.length === 0 ? 0 : 1
}

/** @param {(typeof checks)[number]} check */
function passes({ name, commands }) {
  const start = performance.now()
  const results = commands.map(([command = '', ...args]) =>
    spawnSync(command, args, {
      cwd: repositoryRoot,
      env: toolEnvironment,
      encoding: 'utf8',
      maxBuffer: 64 << 20,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    }),
  )
  const bad = results.filter((result) => result.status !== 0)
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  const note = name === 'tests' ? `  ${results[0]?.stdout.trimEnd().split('\n').at(-1) ?? ''}` : ''
  console.log(`${name.padEnd(10)}${bad.length === 0 ? 'ok    ' : 'FAILED'}  ${seconds.padStart(6)} s${note}`)
  for (const result of bad) console.log(result.error?.message ?? `${result.stdout}${result.stderr}`)
  return bad.length === 0
}
