// Whether an id that is to be made stands already in another spelling. Looks into the folders on its way only, so that
// making a ledger beside ten thousand others does not walk through all of them.
import fs from 'node:fs'
import path from 'node:path'
import { isLedgerId } from '@ledgerd/protocol'

/** An existing ledger whose id is the same when case is ignored; undefined when there is none, or only the id itself. */
export function twinOf(root: string, ledger: string): string | undefined {
  const wanted = `${ledger}.jsonl`.toLowerCase().split('/')
  const spellings = wanted.reduce<readonly string[]>(
    (found, segment) => found.flatMap((prefix) => spellingsIn(root, prefix, segment)),
    [''],
  )
  const ids = spellings.filter((name) => name.endsWith('.jsonl') && isFile(path.join(root, name)))
  return ids.map((name) => name.slice(0, -'.jsonl'.length)).find((id) => isLedgerId(id) && id !== ledger)
}

function isFile(name: string): boolean {
  return fs.lstatSync(name, { throwIfNoEntry: false })?.isFile() ?? false
}

/** Paths below `prefix` that are `segment` when case is ignored. */
function spellingsIn(root: string, prefix: string, segment: string): string[] {
  const folder = path.join(root, prefix)
  if (!(fs.lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false)) return []
  const names = fs
    .readdirSync(folder)
    .filter((name) => name.length === segment.length && name.toLowerCase() === segment)
  return names.map((name) => (prefix === '' ? name : `${prefix}/${name}`))
}
