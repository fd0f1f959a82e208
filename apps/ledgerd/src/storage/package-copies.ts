// Copies of the code of schema packages by the digest of their schema, in `.ledgerd/schemas/`: with them a ledger can be
// written and upcast after its package is gone from the registry. Nothing loads a copy unless the operator names it.
import fs from 'node:fs'
import path from 'node:path'
import { makeFolder, syncFolder } from './durable.ts'

const bytesMax = 4 << 20
const filesMax = 1000

/**
 * Keeps what a package publishes, once; whole or not at all. Returns why it was not kept; undefined when it is there, or
 * when the folder is no package but holds a bare file.
 */
export function keepPackageCopy(sidecarRoot: string, digest: string, folder: string): string | undefined {
  const target = folderOf(sidecarRoot, digest)
  if (fs.existsSync(target) || !fs.existsSync(path.join(folder, 'package.json'))) return undefined
  const files = publishedFiles(folder)
  if (files === undefined) return `it holds more than ${filesMax} files or ${bytesMax >> 20} MiB`
  makeFolder(path.dirname(target))
  const temporary = `${target}.new`
  fs.rmSync(temporary, { recursive: true, force: true })
  for (const file of files) copyDurably(path.join(folder, file), path.join(temporary, file))
  fs.renameSync(temporary, target)
  syncFolder(path.dirname(target))
  return undefined
}

/** Where the copy lies, as a rule of `ledgerd.json` names it; undefined when there is none. */
export function packageCopy(sidecarRoot: string, digest: string): string | undefined {
  const folder = folderOf(sidecarRoot, digest)
  return fs.existsSync(folder) ? `./${path.basename(sidecarRoot)}/schemas/${path.basename(folder)}` : undefined
}

function folderOf(sidecarRoot: string, digest: string): string {
  return path.join(sidecarRoot, 'schemas', digest.replace(/^sha256:/, ''))
}

/** Regular files that npm would publish, as far as `files` of package.json names them without patterns; else all. */
function publishedFiles(folder: string): string[] | undefined {
  const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')) as { files?: unknown }
  const named = Array.isArray(manifest.files) ? manifest.files.filter((entry) => isPlainPath(entry)) : []
  const found: string[] = []
  let bytes = 0
  const visit = (relative: string): void => {
    const at = path.join(folder, relative)
    const stat = fs.lstatSync(at, { throwIfNoEntry: false })
    if (stat?.isFile() === true) {
      found.push(relative)
      bytes += stat.size
    }
    if (stat?.isDirectory() !== true || found.length > filesMax || bytes > bytesMax) return
    for (const name of fs.readdirSync(at))
      if (name !== 'node_modules' && !name.startsWith('.')) visit(path.join(relative, name))
  }
  for (const entry of named.length === 0 ? ['.'] : ['package.json', ...named]) visit(path.normalize(entry))
  return found.length > filesMax || bytes > bytesMax ? undefined : [...new Set(found)]
}

function isPlainPath(entry: unknown): entry is string {
  if (typeof entry !== 'string' || /[*?![\]{}\\]/.test(entry)) return false
  return !path.isAbsolute(entry) && !path.normalize(entry).startsWith('..')
}

function copyDurably(from: string, to: string): void {
  makeFolder(path.dirname(to))
  fs.writeFileSync(to, fs.readFileSync(from), { mode: 0o600, flush: true, flag: 'wx' })
  syncFolder(path.dirname(to))
}
