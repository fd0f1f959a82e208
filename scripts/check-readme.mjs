// Does what the README says, as a newcomer would: packs every package, installs the tarballs in an empty project, starts
// the daemon there, and compiles and runs each snippet against it; then the same for the README of each package.
// `--keep` leaves the project for a look.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Newcomer } from './newcomer.mjs'
import { runPackageReadmes } from './package-readmes.mjs'
import { findUnrunBlocks, readSnippets } from './readme-snippets.mjs'
import { report, repositoryRoot } from './workspace.mjs'

const documentedPort = '4437'
/** Blocks that this script does by other means: the tarballs instead of the registry, the daemon as a child. */
const excused = ['npm install ledgerd @ledgerd/client @ledgerd/schema-world-events zod']

const markdown = readFileSync(join(repositoryRoot, 'README.md'), 'utf8')
const newcomer = new Newcomer('README.md')
try {
  const packages = newcomer.install().map(({ name }) => name)
  report([
    ...findUnrunBlocks(markdown, excused).map((line) => `README.md: nothing runs the block that begins "${line}"`),
    ...(await runSnippets()),
    ...(await runPackageReadmes(
      newcomer,
      packages.filter((name) => name !== 'ledgerd'),
    )),
  ])
} catch (error) {
  report([error instanceof Error ? error.message : String(error)])
} finally {
  await newcomer.close()
}

/** @returns {Promise<string[]>} */
async function runSnippets() {
  const snippets = readSnippets(markdown)
  for (const [name, text] of snippets) newcomer.write(name, text)
  newcomer.compile([...snippets.keys()].filter((name) => name.endsWith('.ts')))
  const { port, running } = await newcomer.serve(['data'])
  const node = process.execPath
  const shell = (/** @type {string} */ name, /** @type {RegExp} */ want) =>
    newcomer.shell(name, (snippets.get(name) ?? 'false').replaceAll(documentedPort, String(port)), want)
  const follower = newcomer.start(node, ['out/follower.js'])
  const turns = /line 1 is on disk\nline 2 is on disk/
  const results = [
    shell('curl.sh', /"durable": ?"fsync"[\s\S]*("sky": "clear"[\s\S]*){2}/),
    newcomer.run('game-server.ts', node, ['out/game-server.js'], turns),
    newcomer.run('game-server.ts, again', node, ['out/game-server.js'], turns),
    ...(hasPython() ? [shell('verify.sh', /\b3\b/)] : []),
  ]
  if (!hasPython()) console.log('verify.sh was not run: there is no python3 here')
  const isFollowed = () => /1 Mira Voss[\s\S]*\n2 Mira Voss/.test(follower.output)
  await newcomer.until(isFollowed, follower, 'follower.ts with two turns')
  await newcomer.end(follower.child)
  await newcomer.end(running.child)
  return results.flat()
}

function hasPython() {
  return spawnSync('python3', ['--version']).status === 0
}
