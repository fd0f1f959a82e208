// Who owns the data folder, who else can get at it, and what in it is a link: everything that the daemon refuses or passes
// over, all of it at once, each with the exact command.
import fs from 'node:fs'
import path from 'node:path'
import { shellWord } from '../ops/shell-word.ts'
import type { CheckList } from './doctor-report.ts'

export interface User {
  readonly uid: number
  readonly gid: number
}

const writableByOthers = 0o022
const reachableByOthers = 0o077
const secrets: readonly string[] = ['token', 'tokens.json']
/** Places named one by one; beyond it one command for all of them. */
const placesNamedMax = 20

interface Place {
  readonly file: string
  readonly stat: fs.Stats
}

/** False when there is no folder to look into any further, or not everything in it may be read. */
export function checkFolder(list: CheckList, folder: string, user: User): boolean {
  const top = fs.statSync(folder, { throwIfNoEntry: false })
  if (top === undefined) {
    list.wrong('folder', 'it does not exist', `mkdir -m 700 -p ${shellWord(folder)}`)
    return false
  }
  if (!top.isDirectory()) {
    list.wrong(
      'folder',
      'it is no folder',
      `name the folder that the file lies in: ledgerd doctor ${shellWord(path.dirname(folder))}`,
    )
    return false
  }
  // Root can look at anybody's folder; then the folder's own owner is the one who serves it.
  const owner = user.uid === 0 ? { uid: top.uid, gid: top.gid } : user
  const places = placesIn(list, folder, folder, top)
  if (places === undefined) return false
  checkAbove(list, folder, user)
  const all = [...places, ...placesBelow(path.join(folder, '.ledgerd', 'ledgers'))]
  checkOwners(list, folder, all, owner)
  checkModes(list, folder, places)
  const isAllReadable = areReadable(list, all, owner)
  list.okUnlessSaid('folder', `${places.length === 1 ? '1 place' : `${places.length} places`} looked at`)
  list.okUnlessSaid('owner', `everything belongs to user ${owner.uid}`)
  list.okUnlessSaid('permissions', 'nobody else can write here')
  list.okUnlessSaid('links', 'none')
  return isAllReadable
}

/** The first start syncs the folder above, so that a power cut cannot take the new one away: it must be open to the user. */
function checkAbove(list: CheckList, folder: string, { uid }: User): void {
  const above = path.dirname(folder)
  const sidecar = path.join(folder, '.ledgerd')
  if (fs.existsSync(sidecar) || isReadable(above, fs.statSync(above))) return
  list.wrong(
    'folder',
    `user ${uid} cannot open ${above}, so the first start cannot make the name of a folder in it durable`,
    `sync -f ${shellWord(folder)} && mkdir -m 700 ${shellWord(sidecar)}`,
  )
}

/** Of somebody else's file that may not be read, the owner is what is wrong. */
function areReadable(list: CheckList, places: readonly Place[], { uid }: User): boolean {
  const closed = places.filter(({ file, stat }) => !isReadable(file, stat))
  for (const { file, stat } of closed)
    if (stat.uid === uid)
      list.wrong('permissions', `${file} cannot be read (mode ${octal(stat)})`, `chmod u+rwX ${shellWord(file)}`)
  return closed.length === 0
}

function isReadable(file: string, stat: fs.Stats): boolean {
  const { R_OK, X_OK } = fs.constants
  try {
    fs.accessSync(file, stat.isDirectory() ? R_OK | X_OK : R_OK)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EACCES') return false
    // Gone since it was listed: nothing is left to be read.
    if (code === 'ENOENT') return true
    throw error
  }
}

/** Folders, ledgers, and what of the sidecar must be private. Undefined when the folder cannot be read. */
function placesIn(list: CheckList, root: string, folder: string, stat: fs.Stats): Place[] | undefined {
  let entries: fs.Dirent[]
  try {
    entries = fs.readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    const { code = 'an error' } = error as NodeJS.ErrnoException
    list.wrong('folder', `${folder} cannot be read: ${code}`, `sudo chown -R $(id -u):$(id -g) ${shellWord(root)}`)
    return undefined
  }
  const places: Place[] = [{ file: folder, stat }]
  for (const entry of entries) {
    const file = path.join(folder, entry.name)
    const isSidecar = folder === root && entry.name === '.ledgerd'
    if (entry.name.startsWith('.') && !isSidecar) continue
    if (entry.name === 'node_modules') continue
    const found = fs.lstatSync(file)
    if (isSidecar) places.push(...sidecarPlaces(list, file, found))
    else if (entry.isDirectory()) places.push(...(placesIn(list, root, file, found) ?? [{ file, stat: found }]))
    else if (entry.name.endsWith('.jsonl')) places.push(...ledgerPlaces(list, file, found))
    else if (entry.isSymbolicLink() && fs.statSync(file, { throwIfNoEntry: false })?.isDirectory() === true)
      list.warn('links', `${file} is a link to a folder; ledgers behind it are not served`, removeLink(file))
  }
  return places
}

function sidecarPlaces(list: CheckList, sidecar: string, stat: fs.Stats): Place[] {
  if (!stat.isDirectory()) {
    list.wrong(
      'links',
      `${sidecar} is a link or a file; the daemon refuses to start`,
      `mv ${shellWord(sidecar)} ${shellWord(`${sidecar}.aside`)}`,
    )
    return []
  }
  const place = { file: sidecar, stat }
  // Whose it is will be said.
  if (!isReadable(sidecar, stat)) return [place]
  const files = secrets.map((name) => path.join(sidecar, name))
  const found = files.flatMap((file) => {
    const secret = fs.lstatSync(file, { throwIfNoEntry: false })
    return secret === undefined ? [] : [{ file, stat: secret }]
  })
  return [place, ...found]
}

/** What lies beside the ledgers: nobody else gets at it, but the daemon must. As far as it can be seen. */
function placesBelow(folder: string): Place[] {
  return namesIn(folder).flatMap((name) => {
    const file = path.join(folder, name)
    const stat = fs.lstatSync(file, { throwIfNoEntry: false })
    if (stat === undefined) return []
    return [{ file, stat }, ...(stat.isDirectory() ? placesBelow(file) : [])]
  })
}

/** None for a folder that is gone, or closed: whose it is was said by then. */
function namesIn(folder: string): readonly string[] {
  try {
    return fs.readdirSync(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'EACCES') return []
    throw error
  }
}

function ledgerPlaces(list: CheckList, file: string, stat: fs.Stats): Place[] {
  if (stat.isSymbolicLink()) list.warn('links', `${file} is a link; it is not served`, removeLink(file))
  else if (stat.nlink > 1) {
    const [word, copy] = [shellWord(file), shellWord(`${file}.copy`)]
    list.wrong(
      'links',
      `${file} has ${stat.nlink} names; the daemon refuses it`,
      `cp ${word} ${copy} && mv ${copy} ${word}`,
    )
  }
  return stat.isFile() ? [{ file, stat }] : []
}

function removeLink(file: string): string {
  return `see where it leads: readlink -f ${shellWord(file)}; then remove it: rm ${shellWord(file)}`
}

function checkOwners(list: CheckList, root: string, places: readonly Place[], { uid, gid }: User): void {
  const foreign = places.filter(({ stat }) => stat.uid !== uid)
  const sayAll = foreign.length > placesNamedMax || foreign.some(({ file }) => file === root)
  if (sayAll)
    list.wrong(
      'owner',
      `${foreign.length} of ${places.length} places belong to user ${foreign[0]?.stat.uid}, not ${uid}; the daemon cannot serve them`,
      `sudo chown -R ${uid}:${gid} ${shellWord(root)}`,
    )
  else
    for (const { file, stat } of foreign)
      list.wrong(
        'owner',
        `${file} belongs to user ${stat.uid}, not ${uid}`,
        `sudo chown ${uid}:${gid} ${shellWord(file)}`,
      )
}

function checkModes(list: CheckList, root: string, places: readonly Place[]): void {
  const sidecar = path.join(root, '.ledgerd')
  const isInside = ({ file }: Place): boolean => file === sidecar || path.dirname(file) === sidecar
  for (const { file, stat } of places.filter(isInside))
    if ((stat.mode & reachableByOthers) !== 0)
      list.wrong(
        'permissions',
        `${file} can be reached by others (mode ${octal(stat)}); the daemon refuses it`,
        `chmod ${stat.isDirectory() ? 700 : 600} ${shellWord(file)}`,
      )
  const wide = places.filter((place) => !isInside(place) && (place.stat.mode & writableByOthers) !== 0)
  if (wide.length > placesNamedMax)
    list.wrong(
      'permissions',
      `${wide.length} places can be written by others; the daemon refuses to start`,
      `chmod -R go-w ${shellWord(root)}`,
    )
  else
    for (const { file, stat } of wide)
      list.wrong(
        'permissions',
        `${file} can be written by others (mode ${octal(stat)}); the daemon refuses to start`,
        `chmod go-w ${shellWord(file)}`,
      )
  const [top] = places
  if (top !== undefined && (top.stat.mode & 0o005) !== 0 && (top.stat.mode & writableByOthers) === 0)
    list.warn(
      'permissions',
      `others on this machine can read what lies here (mode ${octal(top.stat)})`,
      `chmod 700 ${shellWord(root)}`,
    )
}

function octal({ mode }: fs.Stats): string {
  return (mode & 0o777).toString(8)
}
