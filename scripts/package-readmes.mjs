// Runs what the README of every package shows, as it stands in the packed tarball: each block of TypeScript or JavaScript
// is a program of its own in a newcomer's project, and has to print what the table says.
import { copyFileSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from './workspace.mjs'

/** @typedef {import('./newcomer.mjs').Newcomer} Newcomer */

/**
 * What one block prints. `isEndless`: it follows a ledger, and is ended once it has printed that.
 * @typedef {{ want: RegExp, isEndless?: boolean }} Expectation
 */

/** @type {Expectation} */
const silent = { want: /^$/ }

/**
 * By package, in the order of the blocks.
 * @type {Readonly<Record<string, readonly Expectation[]>>}
 */
const expectations = {
  '@ledgerd/canonical': [{ want: /^\{"name": "Łukasz", "score": 1\.0\} sha256:[0-9a-f]{64}$/m }],
  '@ledgerd/proof': [silent],
  '@ledgerd/schema': [silent],
  '@ledgerd/schema-tools': [silent],
  '@ledgerd/protocol': [{ want: /^worlds\/harbour 1\ntrue false$/m }],
  '@ledgerd/verify': [{ want: /ok \[/ }],
  '@ledgerd/client': [
    { want: /line 0 is on disk[^]*line 1 is on disk/ },
    { want: /^worlds\/harbour 0 Mira Voss: hello there[^]*Old Tam: hi -> Evening\.$/m, isEndless: true },
    { want: /^sending, attempt 1\nsent \{ messageId: 'm-[0-9a-f]{4}' \} by line 2$/m },
  ],
  '@ledgerd/schema-world-events': [silent],
  '@ledgerd/schema-kernel-runs': [silent],
  '@ledgerd/schema-audio-jobs': [{ want: /^signed 0\nfalse \[ 'fad<= 1\.5' \]\n[^]*\n1 2$/m }, silent],
  '@ledgerd/schema-build-order': [silent, { want: /hash-mismatch .*repo_map/ }],
  '@ledgerd/schema-workflow-records': [
    { want: /^succeeded \{ messageId: 'm-1' \} \d+\nINVARIANT_VIOLATED draft-over-final\no-2 0\.5$/m },
  ],
}

/** Files that snippets read, from the repository's vectors. */
const samples = ['vectors/world-events/daily_undertaking.jsonl']
const serveArgs = ['packages-data', '--schema', 'mail/**=workflow-records', '--schema', 'flows/**=workflow-records']

/**
 * Problems as sentences. The packages are installed in the newcomer's project, and no daemon runs there.
 * @param {Newcomer} newcomer
 * @param {readonly string[]} names
 * @returns {Promise<string[]>}
 */
export async function runPackageReadmes(newcomer, names) {
  const programs = names.flatMap((name) => readPrograms(newcomer, name))
  const problems = names.flatMap((name) => countProblem(name, programs.filter((one) => one.name === name).length))
  if (problems.length > 0) return problems
  symlinkSync(join(repositoryRoot, 'node_modules', '@types'), join(newcomer.project, 'node_modules', '@types'))
  for (const sample of samples)
    copyFileSync(join(repositoryRoot, sample), join(newcomer.project, sample.split('/').at(-1) ?? sample))
  for (const { file, text } of programs) newcomer.write(file, text)
  newcomer.compile(
    programs.map(({ file }) => file).filter((file) => file.endsWith('.ts')),
    ['node'],
  )
  const { running } = await newcomer.serve(serveArgs)
  const results = []
  for (const program of programs) results.push(...(await runProgram(newcomer, program)))
  await newcomer.end(running.child)
  return results
}

/**
 * The blocks of the README that lies in the installed package.
 * @param {Newcomer} newcomer
 * @param {string} name
 */
function readPrograms(newcomer, name) {
  const markdown = readFileSync(join(newcomer.project, 'node_modules', name, 'README.md'), 'utf8')
  return [...markdown.matchAll(/^```(?<kind>ts|js)\n(?<text>[^]*?)^```$/gm)].map(({ groups }, index) => {
    const stem = `${name.replace('@ledgerd/', '')}-${index}`
    const text = groups?.['text'] ?? ''
    return { name, index, text, file: groups?.['kind'] === 'ts' ? `${stem}.ts` : `${stem}.mjs` }
  })
}

/**
 * @param {string} name
 * @param {number} blocks
 * @returns {string[]}
 */
function countProblem(name, blocks) {
  const wanted = expectations[name]?.length ?? 0
  if (blocks === wanted) return []
  return [`${name}: its README has ${blocks} programs, scripts/package-readmes.mjs knows what ${wanted} print`]
}

/**
 * @param {Newcomer} newcomer
 * @param {{ name: string, index: number, file: string }} program
 * @returns {Promise<string[]>}
 */
async function runProgram(newcomer, { name, index, file }) {
  const { want, isEndless } = expectations[name]?.[index] ?? silent
  const script = file.endsWith('.ts') ? `out/${file.replace(/ts$/, 'js')}` : file
  const title = `the README of ${name}, program ${index + 1}`
  if (isEndless !== true) return newcomer.run(title, process.execPath, [script], want)
  const follower = newcomer.start(process.execPath, [script])
  await newcomer.until(() => want.test(follower.output), follower, title)
  await newcomer.end(follower.child)
  return []
}
