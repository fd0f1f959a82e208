// Makes schema packages as a team would, in an empty project with the packed packages: scaffolds one and puts it through
// everything it promises, holds the families against their own tarballs, and does what docs/schemas.md and the worked
// example say, command by command. `--keep` leaves the project for a look.
import { cpSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Newcomer } from './newcomer.mjs'
import { findTarballProblems } from './package-problems.mjs'
import { findUnrunBlocks, readSnippets } from './readme-snippets.mjs'
import { report, repositoryRoot } from './workspace.mjs'

const ledgerd = join('node_modules', '.bin', 'ledgerd')
const node = process.execPath

/** Types that were `any` would let this pass, and the compiler would say that nothing was to be expected. */
const wrongPrice = `import { connect } from '@ledgerd/client'
import tavern from '@team/ledger-tavern'
const inn = connect({ ledger: 'taverns/inn', schema: tavern })
// @ts-expect-error A price is a number.
await inn.append('trade.made', { seller: 'Old Tam', buyer: 'Ash', item: 'rope', price: 'four' })
// @ts-expect-error There is no such event.
await inn.append('trade.refused', {})
`

const newcomer = new Newcomer('docs/schemas.md')
try {
  const tarballs = newcomer.install()
  report([
    ...(await checkScaffold()),
    ...tarballs.filter(({ name }) => name.startsWith('@ledgerd/schema-')).flatMap(checkFamily),
    ...(await followGuide()),
    ...(await followExample()),
  ])
} catch (error) {
  report([error instanceof Error ? error.message : String(error)])
} finally {
  await newcomer.close()
}

/** `schema new && schema gen && npm test && schema check`, and the tarball as its users will get it. */
async function checkScaffold() {
  newcomer.document = 'schema new'
  const steps = newcomer.shell(
    'scaffold',
    `npx ledgerd schema new @team/scaffold --dir scaffold
    cd scaffold
    npx ledgerd schema gen .
    npx ledgerd schema gen . --check
    npm test
    npx ledgerd schema check . --lint
    npm pack --pack-destination .. --loglevel=error
    npx ledgerd schema check . --against ../team-scaffold-1.0.0.tgz`,
    /# pass [1-9][\s\S]*compatible {3}@team\/scaffold 1\.0\.0 -> 1\.0\.0/,
  )
  if (steps.length > 0) return steps
  return await findTarballProblems('@team/scaffold', join(newcomer.project, 'team-scaffold-1.0.0.tgz'))
}

/**
 * A family as installed reads what its own tarball froze.
 * @param {{ name: string, tarball: string }} packed
 */
function checkFamily({ name, tarball }) {
  newcomer.document = name
  if (name === '@ledgerd/schema-tools') return []
  const args = ['schema', 'check', join('node_modules', name), '--against', tarball, '--documents', '100']
  return newcomer.run('against its tarball', ledgerd, args, /^compatible /)
}

async function followGuide() {
  const { shell, snippets, unrun } = open(
    'docs/schemas.md',
    'npm init -y &&',
    "npx ledgerd serve data --schema 'houses",
  )
  const before = [
    ...unrun,
    ...shell('new.sh', /written ledger-doors\/src\/index\.js/),
    ...edit('ledger-doors/src/index.js', snippets.get('index.js')),
    ...shell('gen.sh', /written .*index\.d\.ts[\s\S]*# pass [1-9][\s\S]*0 lint errors, 0 warnings/),
    ...shell('publish.sh', /team-ledger-doors-1\.0\.0\.tgz/),
  ]
  if (before.length > 0) return before
  newcomer.compile(['open-door.ts', 'follow-doors.ts'])
  const { running } = await newcomer.serve(['data', '--schema', 'houses/**=@team/ledger-doors'])
  const follower = newcomer.start(node, ['out/follow-doors.js'])
  const after = [
    ...newcomer.run('open-door.ts', node, ['out/open-door.js'], /^line 0 is on disk\n$/),
    ...edit('ledger-doors/src/index.js', snippets.get('index-2.js')),
    ...shell('check.sh', /compatible {3}@team\/ledger-doors 1\.0\.0 -> 2\.0\.0[\s\S]*: 0 of 1 lines fail/),
  ]
  await newcomer.until(() => follower.output === 'Mira Voss opened door 7\n', follower, 'follow-doors.ts')
  await newcomer.end(follower.child)
  await newcomer.end(running.child)
  return after
}

async function followExample() {
  const folder = 'examples/team-schema'
  rmSync(join(newcomer.project, 'data'), { recursive: true, force: true })
  for (const version of ['v1', 'v2'])
    cpSync(join(repositoryRoot, folder, version), join(newcomer.project, version), {
      recursive: true,
      filter: (path) => !path.includes('generated'),
    })
  const { shell, unrun } = open(
    `${folder}/README.md`,
    'npm install ledgerd',
    "npx ledgerd serve data --schema 'taverns",
  )
  const serve = () => newcomer.serve(['data', '--schema', 'taverns/**=@team/ledger-tavern'])
  const first = [...unrun, ...shell('publish-1.sh', /unchanged 1 file of v1[\s\S]*# pass [1-9][\s\S]*-1\.0\.0\.tgz/)]
  if (first.length > 0) return first
  newcomer.write('refused.ts', wrongPrice)
  newcomer.compile(['game.ts', 'refused.ts'])
  const daemon = await serve()
  first.push(
    ...newcomer.run('game.ts', node, ['out/game.js'], /^line 1 is on disk\n$/),
    ...shell('check-2.sh', /unchanged 1 file of v2\ncompatible {3}[\s\S]*: 0 of 2 lines fail/),
    ...newcomer.run(
      'replay of a served ledger',
      ledgerd,
      ['schema', 'check', 'v2', '--against', 'v1', '--documents', '50', '--replay', 'taverns/inn'],
      /taverns\/inn: 0 of 2 lines fail/,
    ),
    ...shell('publish-2.sh', /# pass [1-9][\s\S]*-2\.0\.0\.tgz/),
  )
  await newcomer.end(daemon.running.child)
  if (first.length > 0) return first
  newcomer.compile(['reader.ts'])
  const upgraded = await serve()
  const [said = ''] =
    /(?<=```text\n)[\s\S]*?(?=```)/.exec(readFileSync(join(repositoryRoot, folder, 'README.md'), 'utf8')) ?? []
  const after = [
    ...newcomer.run('reader.ts', node, ['out/reader.js'], new RegExp(`^${said.replaceAll(/[()?]/g, '\\$&')}$`)),
    ...shell('unchanged.sh', /^unchanged\n[\s\S]*written site\/trade\.made\.md/),
  ]
  await newcomer.end(upgraded.running.child)
  return after
}

/**
 * The snippets of a document, TypeScript written to the project; blocks that begin with `excused` are done otherwise.
 * @param {string} document
 * @param {readonly string[]} excused
 */
function open(document, ...excused) {
  newcomer.document = document
  const markdown = readFileSync(join(repositoryRoot, document), 'utf8')
  const snippets = readSnippets(markdown)
  for (const [name, text] of snippets) if (name.endsWith('.ts')) newcomer.write(name, text)
  return {
    snippets,
    shell: (/** @type {string} */ name, /** @type {RegExp} */ want) =>
      newcomer.shell(name, snippets.get(name) ?? `echo "there is no ${name}"; exit 1`, want),
    unrun: findUnrunBlocks(markdown, [])
      .filter((line) => !excused.some((beginning) => line.startsWith(beginning)))
      .map((line) => `${document}: nothing runs the block that begins "${line}"`),
  }
}

/**
 * @param {string} file
 * @param {string | undefined} text
 */
function edit(file, text) {
  if (text === undefined) return [`${newcomer.document}: there is no text for ${file}`]
  newcomer.write(file, text)
  return []
}
