import fs from 'node:fs'
import path from 'node:path'

/**
 * Copies a folder, modes and all. Newer versions of Node leave the modes of folders that fs.cpSync makes to the umask
 * (seen on 24.9.0), and the daemon serves no `.ledgerd` that others can reach.
 */
export function copyFolder(from: string, to: string, filter: (name: string) => boolean = () => true): void {
  fs.cpSync(from, to, { recursive: true, filter })
  for (const entry of fs.readdirSync(to, { recursive: true, withFileTypes: true }).filter((one) => one.isDirectory())) {
    const name = path.relative(to, path.join(entry.parentPath, entry.name))
    fs.chmodSync(path.join(to, name), fs.statSync(path.join(from, name)).mode)
  }
  fs.chmodSync(to, fs.statSync(from).mode)
}
