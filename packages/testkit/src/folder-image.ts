// A data folder as bytes: read from a disk, laid out on one, or built in memory as what a crash might have left.
import fs from 'node:fs'
import path from 'node:path'

/** Files by path relative to the folder, and folders as such. Contents are never written to. */
export type FolderImage = ReadonlyMap<string, Buffer | 'folder'>

/** Reads everything below a folder; sockets and links are passed over. */
export function readFolder(root: string): FolderImage {
  const image = new Map<string, Buffer | 'folder'>()
  for (const name of fs.readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    const stat = fs.lstatSync(path.join(root, name), { throwIfNoEntry: false })
    if (stat?.isDirectory()) image.set(name, 'folder')
    else if (stat?.isFile()) image.set(name, fs.readFileSync(path.join(root, name)))
  }
  return image
}

/** Lays an image out in a folder that is empty or missing; folders 0700, files 0600. */
export function writeFolder(root: string, image: FolderImage): void {
  fs.mkdirSync(root, { recursive: true, mode: 0o700 })
  for (const [name, content] of image) {
    const place = path.join(root, name)
    fs.mkdirSync(content === 'folder' ? place : path.dirname(place), { recursive: true, mode: 0o700 })
    if (content !== 'folder') fs.writeFileSync(place, content, { mode: 0o600 })
  }
}

/** The bytes of a ledger; empty when its file is not there. */
export function ledgerBytes(image: FolderImage, ledger: string): Buffer {
  return fileOf(image, `${ledger}.jsonl`) ?? Buffer.alloc(0)
}

/** The copies that recovery set aside of a ledger, by name. Temporary names are none. */
export function asideOf(image: FolderImage, ledger: string): ReadonlyMap<string, Buffer> {
  const prefix = `.ledgerd/ledgers/${ledger}.jsonl/aside/`
  const copies = new Map<string, Buffer>()
  for (const [name, content] of image)
    if (name.startsWith(prefix) && content !== 'folder' && !name.endsWith('.new'))
      copies.set(name.slice(prefix.length), content)
  return copies
}

/** Ids of all ledgers of an image, sorted. */
export function ledgersOf(image: FolderImage): string[] {
  return [...image.keys()]
    .filter((name) => name.endsWith('.jsonl') && !name.startsWith('.') && image.get(name) !== 'folder')
    .map((name) => name.slice(0, -'.jsonl'.length))
    .sort()
}

function fileOf(image: FolderImage, name: string): Buffer | undefined {
  const content = image.get(name)
  return content === 'folder' ? undefined : content
}
