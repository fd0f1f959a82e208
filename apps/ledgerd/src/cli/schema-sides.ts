// The old side of `schema check --against`: a folder, a lock file, a git ref, a tarball, a package of the registry. What
// cannot be loaded decides nothing: exit 7, never 0.
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { lockFileName, type SchemaLock } from '@ledgerd/schema-tools'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import { lockOf, readLock } from './schema-package.ts'

const run = promisify(execFile)
const textBytesMax = 64 << 20
const npmTimeoutMs = 60_000

/** The lock of `against`; `name` is that of the new package, whose last published version is the default. */
export async function oldLock(against: string | undefined, place: string, name: string): Promise<SchemaLock> {
  if (against === undefined) return await published(name)
  if (against.startsWith('git:')) return await gitLock(against.slice(4), place)
  if (against.startsWith('npm:')) return await published(against.slice(4))
  if (/\.(?:tgz|tar\.gz)$/.test(against)) return await tarballLock(against)
  const lock = await readLock(against)
  if (lock !== undefined) return lock
  throw new CliError(exitCodes.undecided, `${against} has no ${lockFileName}`, `ledgerd schema gen ${against}`)
}

async function gitLock(ref: string, place: string): Promise<SchemaLock> {
  if (ref === '' || ref.startsWith('-')) throw new CliError(exitCodes.usage, `"${ref}" is no git ref`)
  const source = `${ref}:./${lockFileName}`
  const { stdout } = await run('git', ['-C', place, 'show', source], { maxBuffer: textBytesMax }).catch((error) => {
    throw unloaded(`git has no ${source} in ${place}`, error)
  })
  return lockOf(stdout, `git:${source}`)
}

async function tarballLock(file: string): Promise<SchemaLock> {
  const inside = `package/${lockFileName}`
  const { stdout } = await run('tar', ['-xzOf', file, inside], { maxBuffer: textBytesMax }).catch((error) => {
    throw unloaded(`${file} holds no ${inside}`, error)
  })
  return lockOf(stdout, `${file}:${inside}`)
}

/** `npm pack` fetches and unpacks nothing else; no script of the package runs. */
async function published(spec: string): Promise<SchemaLock> {
  if (!/^(?:@[\w.-]+\/)?[\w.-]+(?:@[\w.^~-]+)?$/.test(spec))
    throw new CliError(exitCodes.usage, `"${spec}" names no npm package`)
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ledgerd-npm-'))
  try {
    const args = ['pack', spec, '--ignore-scripts', '--pack-destination', folder, '--fetch-retries', '0', '--silent']
    const isWindows = process.platform === 'win32'
    await run(isWindows ? 'npm.cmd' : 'npm', args, { cwd: folder, timeout: npmTimeoutMs, shell: isWindows }).catch(
      (error) => {
        throw unloaded(`npm has no ${spec}, or cannot be reached`, error)
      },
    )
    const [tarball] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'))
    if (tarball === undefined) throw new CliError(exitCodes.undecided, `npm packed nothing for ${spec}`)
    return await tarballLock(path.join(folder, tarball))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function unloaded(sentence: string, error: unknown): CliError {
  const { stderr = '' } = error as { readonly stderr?: string }
  const [words = ''] = stderr.trim().split('\n')
  const hint = 'name what to compare with: --against FOLDER, LOCK FILE, git:REF or TARBALL'
  return new CliError(exitCodes.undecided, words === '' ? sentence : `${sentence}: ${words}`, hint, error)
}
