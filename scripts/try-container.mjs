// Builds the image from the packages as they are built here, and tries what docs/operating/service.md says of it: it runs on
// a root file system that it cannot write, is found alive, loses nothing to a kill -9, and drains when it is stopped.
// Run `pnpm build` first. CONTAINER_ENGINE names another engine than podman; without one this prints NOT RUN.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packAll } from './pack.mjs'
import { report, repositoryRoot } from './workspace.mjs'

const engine = process.env['CONTAINER_ENGINE'] ?? 'podman'
const name = `ledgerd-try-${process.pid}`
const ledgerd = ['node', '/app/node_modules/ledgerd/bin/ledgerd.cjs']
const startAttempts = 60

if (spawnSync(engine, ['--version']).status === 0) report(tryImage())
else console.log(`NOT RUN: ${engine} does not start; CONTAINER_ENGINE names another`)

/** @returns {string[]} what is wrong */
function tryImage() {
  const context = mkdtempSync(join(tmpdir(), 'ledgerd-image-'))
  try {
    cpSync(join(repositoryRoot, 'apps/ledgerd/deploy'), context, { recursive: true })
    packAll(repositoryRoot, context)
    const format = engine.endsWith('docker') ? [] : ['--format', 'docker']
    must('build', ...format, '--build-arg', 'LEDGERD=/context/*.tgz', '--tag', name, context)
    return tryContainer()
  } finally {
    for (const removal of [
      ['rm', '--force'],
      ['volume', 'rm', '--force'],
      ['rmi', '--force'],
    ])
      spawnSync(engine, [...removal, name])
    rmSync(context, { recursive: true, force: true })
  }
}

function tryContainer() {
  const closed = ['--read-only', '--cap-drop=all', '--security-opt=no-new-privileges', '--network=none']
  must('run', '--detach', '--name', name, ...closed, '--volume', `${name}:/data`, name)
  awaitHealth()
  const first = append('one')
  must('kill', '--signal=KILL', name)
  must('start', name)
  awaitHealth()
  const [again, second] = [append('one'), append('two')]
  must('stop', '--time=30', name)
  const status = must('inspect', '--format={{.State.ExitCode}} {{.Config.User}}', name).trim()
  /** @type {readonly [string, unknown, unknown][]} */
  const facts = [
    ['the first line', first.seq, 0],
    ['its repetition after kill -9', [again.seq, again.duplicate], [0, true]],
    ['the next line', second.seq, 1],
    ['exit code and user after the stop', status, '0 1000'],
  ]
  return facts
    .filter(([, got, want]) => JSON.stringify(got) !== JSON.stringify(want))
    .map(([what, got, want]) => `${what}: ${JSON.stringify(got)} instead of ${JSON.stringify(want)}`)
}

/** @param {string} key */
function append(key) {
  const event = ['worlds/harbour', 'weather.changed', '{"sky": "clear"}']
  return JSON.parse(must('exec', name, ...ledgerd, 'append', ...event, '--data', '/data', '--key', key, '--json'))
}

function awaitHealth() {
  const check = ['exec', name, 'node', '/app/healthcheck.mjs']
  for (let attempt = 0; attempt < startAttempts; attempt += 1) {
    if (spawnSync(engine, check).status === 0) return
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500)
  }
  const { stdout, stderr } = spawnSync(engine, ['logs', name], { encoding: 'utf8' })
  throw new Error(`the container is not found alive\n${stdout}${stderr}`)
}

/** @param {readonly string[]} args */
function must(...args) {
  const { status, stdout, stderr, error } = spawnSync(engine, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${engine} ${args[0]}: ${error?.message ?? `${stdout}${stderr}`}`)
  return stdout
}
