// Which ledgers lie in a folder. Touches nothing, so that commands can ask it of a folder that a daemon serves.
import fs from 'node:fs'
import path from 'node:path'
import { isLedgerId } from '@ledgerd/protocol'

/** Ids of all ledgers below `root`, sorted. Names that are no valid ids, links and hidden folders are passed over. */
export function ledgersIn(root: string): string[] {
  const found: string[] = []
  const visit = (folder: string, prefix: string): void => {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue
      const id = `${prefix}${entry.name}`
      if (entry.isDirectory()) visit(path.join(folder, entry.name), `${id}/`)
      else if (entry.isFile() && entry.name.endsWith('.jsonl') && isLedgerId(id.slice(0, -6)))
        found.push(id.slice(0, -6))
    }
  }
  visit(root, '')
  return found.sort()
}
