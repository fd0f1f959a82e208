// What a release does to versions: changesets bumps the packages, then every schema family says the new number, its lock is
// frozen anew, and the worked examples ask for it. What an earlier release published keeps the version that first had it.
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { listPackages, listSources, readJson, repositoryRoot, toolEnvironment } from './workspace.mjs'

const lockFile = 'ledger.schema.lock.json'

/**
 * The source with the version that its schema declares; undefined if it declares none.
 * @param {string} text
 * @param {string} from
 * @param {string} to
 * @returns {string | undefined}
 */
export function stampVersion(text, from, to) {
  const declared = new RegExp(`\\bversion: '${from.replaceAll('.', '\\.')}'`, 'g')
  const found = text.match(declared) ?? []
  if (found.length > 1) throw new Error(`several places declare the version ${from}`)
  return found.length === 0 ? undefined : text.replace(declared, `version: '${to}'`)
}

/**
 * The manifest of an example with ranges of this release for everything of ours.
 * @param {string} text
 * @param {string} version
 */
export function stampRanges(text, version) {
  return text.replaceAll(/("(?:ledgerd|@ledgerd\/[\w-]+)": )"\^[^"]+"/g, `$1"^${version}"`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) release()

function release() {
  const before = new Map(families().map(({ dir, manifest }) => [dir, manifest.version]))
  must('changeset', ['version'])
  for (const { dir, manifest } of families()) stampFamily(dir, before.get(dir) ?? '', manifest.version)
  const { version } = readJson(join(repositoryRoot, 'apps/ledgerd/package.json'))
  for (const file of listSources(repositoryRoot, 'examples', ['package.json']))
    rewrite(file, (text) => stampRanges(text, version))
  must(process.execPath, ['scripts/build.mjs'])
  for (const { dir, manifest } of families()) freeze(dir, manifest.name)
}

function families() {
  return listPackages(repositoryRoot).filter(({ dir }) => dir.startsWith('packages/schemas/'))
}

/**
 * @param {string} dir
 * @param {string} from
 * @param {string} to
 */
function stampFamily(dir, from, to) {
  if (from === to) return
  const stamped = listSources(repositoryRoot, join(dir, 'src'), ['.ts'])
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => rewrite(file, (text) => stampVersion(text, from, to) ?? text))
  if (stamped.filter(Boolean).length !== 1) throw new Error(`${dir}: not one source declares the version ${from}`)
}

/**
 * @param {string} dir
 * @param {string} name
 */
function freeze(dir, name) {
  const tags = run('git', ['tag', '--list', `${name}@*`, '--sort=-version:refname'])
    .stdout.trim()
    .split('\n')
  const [newest = ''] = tags
  // Never released: everything in it is new in this release.
  if (newest === '') rmSync(join(repositoryRoot, dir, lockFile), { force: true })
  const against = newest === '' ? [] : ['--against', `git:${newest}`]
  must(process.execPath, ['apps/ledgerd/bin/ledgerd.cjs', 'schema', 'gen', dir, ...against])
}

/**
 * True if the file is another now.
 * @param {string} file relative to the repository
 * @param {(text: string) => string} change
 */
function rewrite(file, change) {
  const text = readFileSync(join(repositoryRoot, file), 'utf8')
  const changed = change(text)
  if (changed !== text) writeFileSync(join(repositoryRoot, file), changed)
  return changed !== text
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
function run(command, args) {
  const isWindows = process.platform === 'win32'
  return spawnSync(command, args, { cwd: repositoryRoot, env: toolEnvironment, encoding: 'utf8', shell: isWindows })
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
function must(command, args) {
  const { status, error, stdout, stderr } = run(command, args)
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed\n${error?.message ?? ''}${stdout}${stderr}`)
  process.stdout.write(stdout)
}
