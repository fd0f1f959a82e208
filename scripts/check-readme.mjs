// Does what the README says, as a newcomer would: packs every package, installs the tarballs in an empty project, starts
// the daemon there, and compiles and runs each snippet against it. `--keep` leaves the project for a look.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packAll } from './pack.mjs'
import { findUnrunBlocks, readSnippets } from './readme-snippets.mjs'
import { readJson, report, repositoryRoot } from './workspace.mjs'

const waitMs = 20_000
const documentedPort = '4437'
/** Blocks that this script does by other means: the tarballs instead of the registry, the daemon as a child. */
const excused = ['npm install ledgerd @ledgerd/client @ledgerd/schema-world-events zod']

const markdown = readFileSync(join(repositoryRoot, 'README.md'), 'utf8')
const project = mkdtempSync(join(tmpdir(), 'ledgerd-readme-'))
/** @type {import('node:child_process').ChildProcess[]} */
const children = []
try {
  report([
    ...findUnrunBlocks(markdown, excused).map((line) => `README.md: nothing runs the block that begins "${line}"`),
    ...(await runSnippets()),
  ])
} catch (error) {
  report([error instanceof Error ? error.message : String(error)])
} finally {
  await Promise.all(children.map(end))
  if (!process.argv.includes('--keep')) rmSync(project, { recursive: true, force: true })
  else console.log(`kept ${project}`)
}

/** @returns {Promise<string[]>} */
async function runSnippets() {
  install()
  compileSnippets()
  const port = await freePort()
  const env = { ...process.env, XDG_RUNTIME_DIR: join(project, 'run') }
  mkdirSync(env.XDG_RUNTIME_DIR, { mode: 0o700 })
  const daemon = start(join('node_modules', '.bin', 'ledgerd'), ['serve', 'data', '--listen', `127.0.0.1:${port}`], env)
  await until(() => existsSync(join(project, 'data', '.ledgerd', 'token')) && answers(port), daemon, 'the daemon')
  const follower = start(process.execPath, ['out/follower.js'], env)
  const results = [
    runShell('curl.sh', env, port, /"durable": ?"fsync"[\s\S]*("sky": "clear"[\s\S]*){2}/),
    runOnce('game-server.ts', process.execPath, ['out/game-server.js'], env, /line 1 is on disk\nline 2 is on disk/),
    runOnce(
      'game-server.ts, again',
      process.execPath,
      ['out/game-server.js'],
      env,
      /line 1 is on disk\nline 2 is on disk/,
    ),
    ...(hasPython() ? [runShell('verify.sh', env, port, /\b3\b/)] : []),
  ]
  if (!hasPython()) console.log('verify.sh was not run: there is no python3 here')
  await until(() => /1 Mira Voss[\s\S]*\n2 Mira Voss/.test(follower.output), follower, 'follower.ts with two turns')
  return results.flat()
}

/** An empty project, the tarballs, and what the README says besides. */
function install() {
  mkdirSync(join(project, 'tarballs'))
  const tarballs = packAll(repositoryRoot, join(project, 'tarballs'))
  const zod = readJson(join(repositoryRoot, 'package.json')).devDependencies.zod
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'newcomer', private: true, type: 'module' }))
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--loglevel=error']
  must('npm', ['install', ...flags, ...tarballs.map(({ tarball }) => tarball), `zod@${zod}`])
}

function compileSnippets() {
  const snippets = readSnippets(markdown)
  for (const [name, text] of snippets) writeFileSync(join(project, name), text)
  const compilerOptions = {
    target: 'es2023',
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    outDir: 'out',
    types: [],
  }
  const files = [...snippets.keys()].filter((name) => name.endsWith('.ts'))
  if (files.length === 0) throw new Error('README.md: no TypeScript snippet found')
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
  must(join(repositoryRoot, 'node_modules', '.bin', 'tsc'), ['-p', '.'])
}

/**
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 * @param {number} port
 * @param {RegExp} want
 */
function runShell(name, env, port, want) {
  const text = readFileSync(join(project, name), 'utf8').replaceAll(documentedPort, String(port))
  return runOnce(name, 'bash', ['-euo', 'pipefail', '-c', text], env, want)
}

/**
 * @param {string} name
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {RegExp} want
 * @returns {string[]}
 */
function runOnce(name, command, args, env, want) {
  const result = spawnSync(command, args, { cwd: project, env, encoding: 'utf8', timeout: waitMs })
  if (result.status === 0 && want.test(result.stdout)) return []
  return [`README.md, ${name}: exit ${result.status}, expected ${want}\n${result.stdout}${result.stderr}`]
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
function start(command, args, env) {
  const child = spawn(command, args, { cwd: project, env, stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  const running = { child, output: '' }
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (running.output += String(chunk)))
  return running
}

/**
 * @param {() => boolean | Promise<boolean>} condition
 * @param {{ child: import('node:child_process').ChildProcess, output: string }} running
 * @param {string} what
 */
async function until(condition, running, what) {
  const deadline = Date.now() + waitMs
  while (!(await condition())) {
    const isOver = running.child.exitCode !== null || running.child.signalCode !== null
    if (isOver || Date.now() > deadline) throw new Error(`README.md: ${what} did not come up\n${running.output}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** @param {import('node:child_process').ChildProcess} child */
async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  const impatience = setTimeout(() => child.kill('SIGKILL'), 5000)
  await exit
  clearTimeout(impatience)
}

/** @param {number} port */
async function answers(port) {
  try {
    return (await fetch(`http://127.0.0.1:${port}/readyz`)).ok
  } catch {
    // Not listening yet.
    return false
  }
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

function hasPython() {
  return spawnSync('python3', ['--version']).status === 0
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
function must(command, args) {
  const result = spawnSync(command, args, { cwd: project, encoding: 'utf8', shell: process.platform === 'win32' })
  if (result.status !== 0) {
    throw new Error(`${command} ${args[0]} failed\n${result.error?.message ?? ''}${result.stdout}${result.stderr}`)
  }
}
