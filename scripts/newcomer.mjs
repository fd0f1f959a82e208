// An empty project as a newcomer has it: the packed packages installed, snippets of documents compiled and run, a daemon
// as a child. Ends every process it started and removes the folder.
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { packAll } from './pack.mjs'
import { readJson, repositoryRoot } from './workspace.mjs'

const waitMs = 60_000

/** @typedef {{ child: import('node:child_process').ChildProcess, output: string }} Running */

export class Newcomer {
  /** @type {import('node:child_process').ChildProcess[]} */
  #children = []

  /** @param {string} document what failures are said of */
  constructor(document) {
    this.document = document
    this.project = mkdtempSync(join(tmpdir(), 'ledgerd-newcomer-'))
    /** @type {NodeJS.ProcessEnv} */
    this.env = { ...process.env, XDG_RUNTIME_DIR: join(this.project, 'run') }
    mkdirSync(join(this.project, 'run'), { mode: 0o700 })
  }

  /** Packs every package, and installs the tarballs with zod beside them. Nothing of ours comes from a registry. */
  install() {
    mkdirSync(join(this.project, 'tarballs'))
    const tarballs = packAll(repositoryRoot, join(this.project, 'tarballs'))
    const zod = readJson(join(repositoryRoot, 'package.json')).devDependencies.zod
    this.write('package.json', JSON.stringify({ name: 'newcomer', private: true, type: 'module' }))
    const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--loglevel=error']
    this.must('npm', ['install', ...flags, ...tarballs.map(({ tarball }) => tarball), `zod@${zod}`])
    return tarballs
  }

  /**
   * @param {string} file relative to the project
   * @param {string} text
   */
  write(file, text) {
    mkdirSync(dirname(join(this.project, file)), { recursive: true })
    writeFileSync(join(this.project, file), text)
  }

  /**
   * Compiles TypeScript of the project, strictly, into `out/`.
   * @param {readonly string[]} files
   * @param {readonly string[]} [types] packages of types that are there
   */
  compile(files, types = []) {
    const compilerOptions = {
      target: 'es2023',
      module: 'nodenext',
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      outDir: 'out',
      types,
    }
    if (files.length === 0) throw new Error(`${this.document}: no TypeScript snippet found`)
    this.write('tsconfig.json', JSON.stringify({ compilerOptions, files }))
    this.must(join(repositoryRoot, 'node_modules', '.bin', 'tsc'), ['-p', '.'])
  }

  /**
   * What is wrong with one run: it failed, or did not print what it should.
   * @param {string} name
   * @param {string} command
   * @param {readonly string[]} args
   * @param {RegExp} want
   * @returns {string[]}
   */
  run(name, command, args, want) {
    const result = spawnSync(command, args, { cwd: this.project, env: this.env, encoding: 'utf8', timeout: waitMs })
    if (result.status === 0 && want.test(result.stdout)) return []
    return [`${this.document}, ${name}: exit ${result.status}, expected ${want}\n${result.stdout}${result.stderr}`]
  }

  /**
   * @param {string} name
   * @param {string} text
   * @param {RegExp} want
   */
  shell(name, text, want) {
    return this.run(name, 'bash', ['-euo', 'pipefail', '-c', text], want)
  }

  /**
   * @param {string} command
   * @param {readonly string[]} args
   * @returns {Running}
   */
  start(command, args) {
    const child = spawn(command, args, { cwd: this.project, env: this.env, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#children.push(child)
    const running = { child, output: '' }
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (running.output += String(chunk)))
    return running
  }

  /**
   * Starts `ledgerd serve` and waits until it answers.
   * @param {readonly string[]} args
   * @returns {Promise<{ running: Running, port: number }>}
   */
  async serve(args) {
    const port = await freePort()
    const daemon = join('node_modules', '.bin', 'ledgerd')
    const running = this.start(daemon, ['serve', ...args, '--listen', `127.0.0.1:${port}`])
    await this.until(() => answers(port), running, 'the daemon')
    return { running, port }
  }

  /**
   * @param {() => boolean | Promise<boolean>} condition
   * @param {Running} running
   * @param {string} what
   */
  async until(condition, running, what) {
    const deadline = Date.now() + waitMs
    while (!(await condition())) {
      const isOver = running.child.exitCode !== null || running.child.signalCode !== null
      if (isOver || Date.now() > deadline)
        throw new Error(`${this.document}: ${what} did not come up\n${running.output}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  /**
   * Throws if the command fails.
   * @param {string} command
   * @param {readonly string[]} args
   */
  must(command, args) {
    const isWindows = process.platform === 'win32'
    const result = spawnSync(command, args, { cwd: this.project, encoding: 'utf8', shell: isWindows })
    if (result.status !== 0)
      throw new Error(`${command} ${args[0]} failed\n${result.error?.message ?? ''}${result.stdout}${result.stderr}`)
  }

  /** @param {import('node:child_process').ChildProcess} child */
  async end(child) {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    const impatience = setTimeout(() => child.kill('SIGKILL'), 5000)
    await exit
    clearTimeout(impatience)
  }

  /** `--keep` on the command line leaves the project for a look. */
  async close() {
    await Promise.all(this.#children.map((child) => this.end(child)))
    if (!process.argv.includes('--keep')) rmSync(this.project, { recursive: true, force: true })
    else console.log(`kept ${this.project}`)
  }
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
