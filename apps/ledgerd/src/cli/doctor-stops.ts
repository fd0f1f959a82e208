// Which ledgers take no appends: those that the daemon on the folder has stopped, as it says itself, and those whose files end
// in a way that would stop them at the next start.
import fs from 'node:fs'
import path from 'node:path'
import { remedyOf } from '../engine/stop-remedy.ts'
import { shellWord } from '../ops/shell-word.ts'
import { assertHead } from '../storage/assert-head.ts'
import { readHead } from '../storage/head-file.ts'
import type { HeadRecord } from '../storage/head-record.ts'
import { ledgersIn } from '../storage/ledgers-in.ts'
import { unfinishedRepair } from '../storage/repair.ts'
import { isSystemError, StopSignal } from '../storage/stop-signal.ts'
import { systemErrorText } from '../storage/system-error-text.ts'
import type { CheckList } from './doctor-report.ts'
import { stopsOfFolder } from './folder-stops.ts'

/** Asks the daemon, and reads the head record, an unfinished repair and the last group of each ledger it has not stopped. */
export async function checkStops(
  list: CheckList,
  folder: string,
  signal: AbortSignal,
  timeoutMs?: number,
): Promise<void> {
  const answer = await stopsOfFolder(folder, signal, timeoutMs)
  if (answer === 'silent')
    list.warn(
      'ledgers',
      'the daemon on this folder does not answer; which ledgers it has stopped is not known',
      `see whether it comes to: curl --unix-socket ${shellWord(path.join(folder, '.ledgerd', 'sock'))} http://localhost/readyz`,
    )
  const stopped = typeof answer === 'string' ? [] : answer
  for (const { ledger, reason, since = 'its opening', remedy = `see why: ledgerd stats ${ledger}` } of stopped)
    list.wrong('ledgers', `${ledger} takes no appends since ${since}: ${reason}`, remedy)
  const told = new Set(stopped.map(({ ledger }) => ledger))
  for (const ledger of ledgersIn(folder)) if (!told.has(ledger)) checkEnd(list, folder, ledger, answer !== 'absent')
  list.okUnlessSaid('ledgers', 'none is stopped, and each holds what its head record says')
}

function checkEnd(list: CheckList, folder: string, ledger: string, isServed: boolean): void {
  const file = path.join(folder, `${ledger}.jsonl`)
  const sidecar = path.join(folder, '.ledgerd', 'ledgers', `${ledger}.jsonl`)
  try {
    // The record first: a file that is served only grows.
    const head = readHead(sidecar)
    if (unfinishedRepair(sidecar) !== undefined) {
      list.note('ledgers', `a repair of ${ledger} was interrupted; the next start finishes it first`)
      return
    }
    if (head === undefined) return
    const above = bytesAbove(file, head)
    if (above > 0 && !isServed)
      list.note(
        'ledgers',
        `${ledger}: ${above} bytes lie above its head record; what they are says: ledgerd repair ${shellWord(file)}`,
      )
  } catch (error) {
    if (error instanceof StopSignal)
      list.wrong('ledgers', `${ledger}: ${error.reason}, ${error.message}`, remedyOf(error.reason))
    else if (isSystemError(error))
      list.wrong('ledgers', `${ledger}: ${systemErrorText(error)}`, `see what is there: ls -lR ${shellWord(sidecar)}`)
    else throw error
  }
}

/** How much of a file its head record does not know. Throws StopSignal where it knows more than the file holds. */
function bytesAbove(file: string, head: HeadRecord): number {
  const fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW)
  try {
    const { size } = fs.fstatSync(fd)
    assertHead({ size, readFd: fd }, head)
    return size - head.bytes
  } finally {
    fs.closeSync(fd)
  }
}
