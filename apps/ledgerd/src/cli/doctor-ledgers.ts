// The ledgers and their sidecars: last lines from the future, sidecars whose ledger is gone.
import fs from 'node:fs'
import path from 'node:path'
import { shellWord } from '../ops/shell-word.ts'
import { ledgersIn } from '../storage/ledgers-in.ts'
import { readHead } from '../storage/head-file.ts'
import type { CheckList } from './doctor-report.ts'
import { formatLines } from './figures.ts'
import { openFile, readRange, startOfLast } from './file-bytes.ts'
import { schemaOfFile } from './schema-choice.ts'

/** A clock may be this much off before it is worth a word. */
const skewMs = 60_000
const lastLineBytesMax = 1 << 20

/** Reads the last line of each ledger and the names in the sidecar folder. */
export async function checkLedgers(list: CheckList, folder: string, nowMs: number): Promise<void> {
  const ledgers = ledgersIn(folder)
  for (const ledger of ledgers) {
    const timeMs = await lastTimeMs(path.join(folder, `${ledger}.jsonl`))
    if (timeMs === undefined || timeMs <= nowMs + skewMs) continue
    list.wrong(
      'clock',
      `the last line of ${ledger} is of ${new Date(timeMs).toISOString()}, the clock says ${new Date(nowMs).toISOString()}: one of them jumped`,
      'see that the clock is right and kept so: timedatectl; lines keep their order whatever it says',
    )
  }
  list.okUnlessSaid('clock', 'no last line is of a time to come')
  const known = new Set(ledgers)
  const root = path.join(folder, '.ledgerd', 'ledgers')
  for (const ledger of sidecarsIn(root))
    if (!known.has(ledger)) checkOrphan(list, folder, ledger, path.join(root, `${ledger}.jsonl`))
  list.okUnlessSaid('sidecars', 'each has its ledger')
}

function checkOrphan(list: CheckList, folder: string, ledger: string, sidecar: string): void {
  const file = path.join(folder, `${ledger}.jsonl`)
  const away = `if it was removed on purpose: mv ${shellWord(sidecar)} ${shellWord(path.join(folder, '.ledgerd', 'removed'))}`
  const count = readHead(sidecar)?.count ?? 0
  if (count > 0)
    list.wrong(
      'sidecars',
      `${file} is gone; ${formatLines(count)} of it were acknowledged`,
      `put the file back from a backup; ${away}`,
    )
  else list.warn('sidecars', `${sidecar} has no ledger`, away)
}

/** Ids of the ledgers that have a sidecar, sorted. */
function sidecarsIn(root: string): string[] {
  const found: string[] = []
  const visit = (folder: string, prefix: string): void => {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue
      if (entry.name.endsWith('.jsonl')) found.push(`${prefix}${entry.name.slice(0, -6)}`)
      else visit(path.join(folder, entry.name), `${prefix}${entry.name}/`)
    }
  }
  if (fs.statSync(root, { throwIfNoEntry: false }) !== undefined) visit(root, '')
  return found.sort()
}

/** The time of the last whole line; undefined when none can be read from it. */
async function lastTimeMs(file: string): Promise<number | undefined> {
  const handle = await openFile(file)
  try {
    const { size } = await handle.stat()
    const from = await startOfLast(handle, size, 1)
    if (size - from > lastLineBytesMax) return undefined
    const line = Buffer.from(await readRange(handle, from, size - from))
    const end = line.lastIndexOf(0x0a)
    return (await schemaOfFile(file, {})).timeMsOf(end < 0 ? line : line.subarray(0, end))
  } finally {
    await handle.close()
  }
}
