// Who else can write here: looked at once, before anything is served. A data folder that others can write to can be
// changed behind the daemon's back, so it is refused; one that others can only read is the operator's choice, and told.
import fs from 'node:fs'
import path from 'node:path'
import { LedgerError } from '@ledgerd/schema/errors'

const writableByOthers = 0o022
const reachableByOthers = 0o077

/**
 * Checks the data folder, its ledgers' files and folders, and the sidecar folder, which must be its owner's alone. Links
 * are passed over, as they are everywhere. Throws CONFIG_INVALID for what others can write, or that is somebody else's;
 * `onReadable` hears once when others can read.
 */
export function requireOwnFolder(root: string, sidecarRoot: string, onReadable: (sentence: string) => void): void {
  const sidecar = fs.lstatSync(sidecarRoot)
  if (!sidecar.isDirectory())
    throw new LedgerError('CONFIG_INVALID', `${sidecarRoot} is not a folder but a link or file; remove it`)
  requireOwn(sidecarRoot, sidecar, reachableByOthers, 'chmod 700')
  const top = fs.lstatSync(root)
  requireOwn(root, top, writableByOthers, 'chmod go-w')
  visit(root)
  if ((top.mode & 0o005) !== 0)
    onReadable(`others on this machine can read what lies in ${root}; to keep them out: chmod 700`)
}

function visit(folder: string): void {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const isFolder = entry.isDirectory()
    if (entry.name.startsWith('.') || !(isFolder || (entry.isFile() && entry.name.endsWith('.jsonl')))) continue
    // Both are plain: joining by rule costs more than the look, and thousands may lie here.
    const name = `${folder}${path.sep}${entry.name}`
    requireOwn(name, fs.lstatSync(name), writableByOthers, 'chmod go-w')
    if (isFolder) visit(name)
  }
}

function requireOwn(name: string, { uid, mode }: fs.Stats, refusedBits: number, remedy: string): void {
  if (uid !== process.getuid?.())
    throw new LedgerError('CONFIG_INVALID', `${name} belongs to user ${uid}; run as that user, or chown it`)
  if ((mode & refusedBits) !== 0)
    throw new LedgerError(
      'CONFIG_INVALID',
      `${name} can be ${refusedBits === writableByOthers ? 'written' : 'reached'} by others (mode ${(mode & 0o777).toString(8)}); ${remedy} ${name}`,
    )
}
