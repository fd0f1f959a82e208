// The data folder: where each ledger's file and sidecar lie, and which ledgers there are. Ids become paths here and
// nowhere else; nothing reached through it is a link, and nothing outside the folder can be named (PROTOCOL.md §1).
import fs from 'node:fs'
import path from 'node:path'
import { checkLedgerId, checkNewLedgerId } from '@ledgerd/protocol'
import { LedgerError } from '@ledgerd/schema/errors'
import { makeFolder, readAt, syncFolder } from './durable.ts'
import { ledgersIn } from './ledgers-in.ts'
import { outOfResources } from './out-of-resources.ts'
import { isShortOfResources, isSystemError } from './stop-signal.ts'
import { twinOf } from './twin-of.ts'

const sidecarFolder = '.ledgerd'

interface Place {
  readonly place: string
  readonly identity: string | undefined
}

export class DataFolder {
  readonly root: string
  /** The folder and its sidecar as this process found them. */
  readonly #places: readonly Place[]

  /** Makes the folder if it is missing. Throws CONFIG_INVALID when the path is something else, or not ours to write in. */
  constructor(folder: string) {
    const full = path.resolve(folder)
    try {
      this.root = makeDataFolder(full)
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      if (code !== 'EACCES' && code !== 'EPERM') throw error
      const sentence = `user ${process.getuid?.()} cannot keep ledgers in ${full} (${message}); see: ledgerd doctor ${full}`
      throw new LedgerError('CONFIG_INVALID', sentence, { cause: error })
    }
    this.#places = [this.root, this.sidecarRoot].map((place) => ({ place, identity: identityOf(place) }))
  }

  get sidecarRoot(): string {
    return path.join(this.root, sidecarFolder)
  }

  /** `<data>/<id>.jsonl`. Throws LEDGER_ID_INVALID. */
  ledgerFile(ledger: string): string {
    checkLedgerId(ledger)
    return path.join(this.root, `${ledger}.jsonl`)
  }

  /** The folder of everything that belongs to one ledger and is not its lines. */
  sidecar(ledger: string): string {
    checkLedgerId(ledger)
    return path.join(this.sidecarRoot, 'ledgers', `${ledger}.jsonl`)
  }

  /**
   * The folder is the one that this process began with. In another one at its path a ledger would begin again at 0, and
   * receipts would contradict each other. Throws BUSY: once it is back, everything goes on.
   */
  assertInPlace(): void {
    const moved = this.#places.find(({ place, identity }) => identityOf(place) !== identity)
    if (moved === undefined) return
    const sentence = `${moved.place} is not the folder that this daemon was started on; move that one back, or restart`
    throw new LedgerError('BUSY', sentence, { retryAfterMs: 1000, details: { reason: 'folder-moved' } })
  }

  /**
   * True if the ledger's file is there as a plain file that no link leads to. Throws LEDGER_ID_INVALID when one does, BUSY
   * when the folder was moved away.
   */
  has(ledger: string): boolean {
    const file = this.ledgerFile(ledger)
    this.assertInPlace()
    this.#refuseLinks(ledger)
    const stat = fs.lstatSync(file, { throwIfNoEntry: false })
    if (stat === undefined) return false
    if (!stat.isFile())
      throw new LedgerError('LEDGER_ID_INVALID', `${ledger} is not a plain file; remove what lies there`)
    if (stat.nlink !== 1)
      throw new LedgerError(
        'LEDGER_ID_INVALID',
        `${ledger} has ${stat.nlink} names; a ledger has one, copy it instead of linking`,
      )
    return true
  }

  /** The first bytes of a ledger's file, at most `bytesMax`; none when it does not exist. */
  beginningOf(ledger: string, bytesMax: number): Uint8Array {
    if (!this.has(ledger)) return new Uint8Array(0)
    const fd = fs.openSync(this.ledgerFile(ledger), fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW)
    try {
      return readAt(fd, 0, bytesMax)
    } finally {
      fs.closeSync(fd)
    }
  }

  /** Checks the rules for ids that do not exist yet and makes the folders above the file. Throws LEDGER_ID_INVALID. */
  prepareNew(ledger: string): void {
    checkNewLedgerId(ledger)
    const twin = twinOf(this.root, ledger)
    if (twin !== undefined)
      throw new LedgerError(
        'LEDGER_ID_INVALID',
        `${ledger} differs from the existing ${twin} by case only; use that id`,
      )
    this.#refuseLinks(ledger)
    makeFolder(path.dirname(this.ledgerFile(ledger)))
  }

  /**
   * Makes every name on the way to a ledger and its sidecar durable. For ledgers without a head record: whoever made these
   * names may have failed or been killed before it could sync them.
   */
  syncNames(ledger: string): void {
    for (const start of [path.dirname(this.ledgerFile(ledger)), this.sidecar(ledger)])
      for (let folder = start; folder.length >= this.root.length; folder = path.dirname(folder)) syncFolder(folder)
  }

  /**
   * Ids of all ledgers on disk, sorted. Names that are no valid ids, links and hidden folders are passed over. Throws BUSY
   * when a folder cannot be read now.
   */
  list(): string[] {
    this.assertInPlace()
    try {
      return ledgersIn(this.root)
    } catch (error) {
      if (!isSystemError(error)) throw error
      if (isShortOfResources(error)) throw outOfResources('the ledgers cannot be listed', error)
      const details = { reason: 'folder-unreadable' }
      const sentence = `the ledgers cannot be listed: ${error.message}; see: ledgerd doctor ${this.root}`
      throw new LedgerError('BUSY', sentence, { retryAfterMs: 1000, details, cause: error })
    }
  }

  /** O_NOFOLLOW guards the last name only, so every folder on the way is looked at, before anything is made or opened. */
  #refuseLinks(ledger: string): void {
    const segments = `${ledger}.jsonl`.split('/')
    for (let depth = 1; depth <= segments.length; depth++) {
      const stat = fs.lstatSync(path.join(this.root, ...segments.slice(0, depth)), { throwIfNoEntry: false })
      if (stat === undefined) return
      if (stat.isSymbolicLink())
        throw new LedgerError('LEDGER_ID_INVALID', `${ledger} leads through a link; links are not followed`)
      if (depth < segments.length && !stat.isDirectory())
        throw new LedgerError('LEDGER_ID_INVALID', `${ledger} leads through ${segments[depth - 1]}, which is no folder`)
    }
  }
}

/** The real path of the folder, which is there now with its sidecar. */
function makeDataFolder(folder: string): string {
  makeFolder(folder)
  if (!fs.statSync(folder).isDirectory()) throw new LedgerError('CONFIG_INVALID', `${folder} is not a folder; name one`)
  const root = fs.realpathSync(folder)
  const sidecarRoot = path.join(root, sidecarFolder)
  // Whoever was killed after making the folder may not have made its name durable; the sidecar says that someone did.
  if (!fs.existsSync(sidecarRoot)) syncFolder(path.dirname(root))
  makeFolder(sidecarRoot)
  return root
}

/** What tells a folder from another one at the same path. */
function identityOf(folder: string): string | undefined {
  const stat = fs.lstatSync(folder, { throwIfNoEntry: false })
  return stat === undefined ? undefined : `${stat.dev}:${stat.ino}`
}
