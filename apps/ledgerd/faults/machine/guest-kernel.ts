// What a machine of its own boots with: Debian's kernel for virtual machines, and a first file system of busybox, the
// modules for virtio and guest-init.sh. The package is the one that LEDGERD_KERNEL_DEB names, or is asked of apt once and kept.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { copyProgram } from './copy-program.ts'
import { must } from './mounted-disk.ts'

/** Files that QEMU boots. */
export interface BootFiles {
  readonly kernel: string
  readonly initrd: string
}

const metapackage = 'linux-image-cloud-amd64'
/** In the order of their needs; file systems and serial lines are built in. */
const modules = [
  'virtio_ring',
  'virtio',
  'virtio_pci_legacy_dev',
  'virtio_pci_modern_dev',
  'virtio_pci',
  'virtio_blk',
  'virtio_console',
]

/** The path of the kernel's package; undefined when there is none and apt gives none. */
export function kernelPackage(): string | undefined {
  const named = process.env['LEDGERD_KERNEL_DEB']
  if (named !== undefined) return named
  const folder = ownFolder(path.join(os.tmpdir(), `ledgerd-kernel-${process.getuid?.()}`))
  const kept = packageIn(folder)
  if (kept !== undefined) return kept
  const { stdout } = spawnSync('apt-cache', ['depends', metapackage], { encoding: 'utf8' })
  const [, name] = /Depends: (linux-image-\d\S*)/.exec(stdout ?? '') ?? []
  if (name === undefined) return undefined
  // A download that is cut off is no package.
  const arriving = fs.mkdtempSync(path.join(folder, 'arriving-'))
  spawnSync('apt-get', ['download', '-q', name], { cwd: arriving })
  const arrived = packageIn(arriving)
  if (arrived !== undefined) fs.renameSync(arrived, path.join(folder, path.basename(arrived)))
  fs.rmSync(arriving, { recursive: true })
  return packageIn(folder)
}

/** Unpacks the kernel into `folder` and makes the initrd there. */
export function makeBootFiles(deb: string, folder: string): BootFiles {
  const unpacked = path.join(folder, 'kernel')
  const root = path.join(folder, 'initrd-root')
  must('dpkg-deb', ['--extract', deb, unpacked])
  for (const name of ['proc', 'dev', 'world']) fs.mkdirSync(path.join(root, name), { recursive: true })
  copyProgram('busybox', root)
  fs.cpSync(path.join(import.meta.dirname, 'guest-init.sh'), path.join(root, 'init'))
  fs.chmodSync(path.join(root, 'init'), 0o755)
  const files = fs.readdirSync(unpacked, { recursive: true, encoding: 'utf8' })
  const modulePaths = modules.map((name, at) => {
    const file = files.find((one) => path.basename(one) === `${name}.ko`)
    if (file === undefined) throw new Error(`${deb} holds no module ${name}`)
    const target = path.join(root, 'modules', `${at}-${name}.ko`)
    fs.cpSync(path.join(unpacked, file), target)
    return target
  })
  const kernel = files.find((one) => one.startsWith('boot/vmlinuz-'))
  if (kernel === undefined || modulePaths.length === 0) throw new Error(`${deb} holds no kernel`)
  const initrd = path.join(folder, 'initrd')
  must('sh', ['-c', 'cd "$1" && find . | cpio -o -H newc --quiet >"$2"', 'sh', root, initrd])
  return { kernel: path.join(unpacked, kernel), initrd }
}

function packageIn(folder: string): string | undefined {
  const name = fs.readdirSync(folder).find((one) => /^linux-image-.*\.deb$/.test(one))
  return name === undefined ? undefined : path.join(folder, name)
}

/** Nobody else may put a kernel there. */
function ownFolder(folder: string): string {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { uid, mode } = fs.lstatSync(folder)
  if (uid !== process.getuid?.() || (mode & 0o170_077) !== 0o040_000)
    throw new Error(`${folder} must be a folder of yours that nobody else can enter`)
  return folder
}
