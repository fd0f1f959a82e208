// The disk that a machine of its own runs from: this Node, the daemon as built with all it depends on, the load, and the
// library that takes the daemon's syncs away. Nothing but reads it.
import fs from 'node:fs'
import path from 'node:path'
import { copyLibraries, copyProgram } from './copy-program.ts'
import { must } from './mounted-disk.ts'
import { compile } from './native.ts'

interface PackageManifest {
  readonly name: string
  readonly files?: readonly string[]
  readonly dependencies?: Readonly<Record<string, string>>
}

const daemonFolder = path.join(import.meta.dirname, '../..')
/** Sparse: only what is on it takes room. */
const sizeMb = 1024
const emptyFolders = ['proc', 'dev', 'run', 'tmp', 'disk']

/** Makes the disk in `folder`; its path. */
export function makeProgramDisk(folder: string): string {
  const root = path.join(folder, 'program-root')
  for (const name of emptyFolders) fs.mkdirSync(path.join(root, name), { recursive: true })
  for (const program of [process.execPath, 'flock']) copyProgram(program, root)
  copyPackages(path.join(root, 'node_modules'))
  fs.copyFileSync(path.join(import.meta.dirname, 'guest-load.mjs'), path.join(root, 'guest-load.mjs'))
  const shim = compile('fault-shim')
  fs.copyFileSync(shim, path.join(root, 'fault-shim.so'))
  copyLibraries(shim, root)
  fs.mkdirSync(path.join(root, 'etc'))
  fs.writeFileSync(path.join(root, 'etc/passwd'), 'root:x:0:0::/run:/bin/sh\n')
  const image = path.join(folder, 'program-disk')
  must('mkfs.ext4', ['-q', '-O', '^has_journal', '-d', root, image, `${sizeMb}M`])
  fs.rmSync(root, { recursive: true })
  return image
}

/** Copies the daemon and what it depends on, as published, side by side. Throws when that needs two versions of one package. */
function copyPackages(into: string): void {
  if (!fs.existsSync(path.join(daemonFolder, 'dist'))) throw new Error('the daemon is not built; run: pnpm build')
  const found = new Map<string, string>()
  const add = (name: string, folder: string): void => {
    const other = found.get(name)
    if (other === folder) return
    if (other !== undefined) throw new Error(`two versions of ${name}: ${other}, ${folder}`)
    found.set(name, folder)
    const { files, dependencies = {} } = manifestOf(folder)
    const isOurs = !folder.includes('/node_modules/')
    const parts =
      isOurs && files !== undefined ? ['package.json', ...files.filter((one) => !one.startsWith('!'))] : ['']
    for (const part of parts)
      fs.cpSync(path.join(folder, part), path.join(into, name, part), {
        recursive: true,
        filter: (file) => path.basename(file) !== 'node_modules',
      })
    for (const dependency of Object.keys(dependencies)) add(dependency, packageSeenFrom(folder, dependency))
  }
  add('ledgerd', fs.realpathSync(daemonFolder))
}

function manifestOf(folder: string): PackageManifest {
  return JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')) as PackageManifest
}

/** As Node looks for it. */
function packageSeenFrom(folder: string, name: string): string {
  for (let at = folder; ; at = path.dirname(at)) {
    const candidate = path.join(at, 'node_modules', name)
    if (fs.existsSync(candidate)) return fs.realpathSync(candidate)
    if (at === path.dirname(at)) throw new Error(`${name} is not installed for ${folder}`)
  }
}
