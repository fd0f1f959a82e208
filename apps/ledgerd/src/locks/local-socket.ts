// One daemon per local socket. A socket file that nobody answers on is what a killed daemon left behind and is replaced;
// one that is answered stays. Folders for sockets belong to this user alone, so nobody else can put one in the way.
// KNOWN GAP: two daemons that find the same dead socket in the same millisecond may replace each other's; the loser is
// still reached by its data folder's socket and over TCP.
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { LedgerError } from '@ledgerd/schema/errors'
import { makeFolder } from '../storage/durable.ts'

/** Linux and macOS take 108 and 104 bytes, NUL included. */
const pathBytesMax = 100

export interface SocketWish {
  /** Asked for by name: then it must be had. */
  readonly named: string | undefined
  /** The place where clients of this user look first. */
  readonly usual: string
  /** In the data folder, which is locked already. */
  readonly own: string
}

/** The paths to listen on, all free now. The usual place may be another daemon's, or unfit: then `onPassedOver` hears why. */
export async function claimSocketPaths(
  wish: SocketWish,
  onPassedOver: (path: string, reason: string) => void,
): Promise<string[]> {
  const claimed: string[] = []
  if (wish.named !== undefined && wish.named !== '') {
    if ((await claimSocketPath(wish.named)) === 'held')
      throw new LedgerError('CONFIG_INVALID', `another daemon answers on ${wish.named}; name another with --socket`)
    claimed.push(wish.named)
  }
  for (const path of wish.named === undefined ? [wish.usual, wish.own] : [wish.own]) {
    try {
      if ((await claimSocketPath(path)) === 'free') claimed.push(path)
      else onPassedOver(path, 'another daemon answers there')
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error
      onPassedOver(path, error.message)
    }
  }
  return claimed
}

/** Makes the path free to listen on. `held`: another daemon answers there. Throws CONFIG_INVALID. */
async function claimSocketPath(file: string): Promise<'free' | 'held'> {
  if (Buffer.byteLength(file) > pathBytesMax)
    throw new LedgerError('CONFIG_INVALID', `${file} is longer than the ${pathBytesMax} bytes a socket's path may have`)
  makeFolder(path.dirname(file))
  requireOwnFolder(path.dirname(file))
  const stat = fs.lstatSync(file, { throwIfNoEntry: false })
  if (stat === undefined) return 'free'
  if (!stat.isSocket())
    throw new LedgerError('CONFIG_INVALID', `${file} is no socket; remove it or name another with --socket`)
  if (await isAnswered(file)) return 'held'
  fs.rmSync(file, { force: true })
  return 'free'
}

function requireOwnFolder(folder: string): void {
  const stat = fs.lstatSync(folder)
  const isOwn = stat.isDirectory() && stat.uid === process.getuid?.()
  if (!isOwn || (stat.mode & 0o077) !== 0)
    throw new LedgerError(
      'CONFIG_INVALID',
      `${folder} must be a folder of yours that nobody else can enter, for whoever can open the socket may do everything; chmod 700, or name another with --socket`,
    )
}

/** Makes the socket its owner's alone. Until then the folder keeps others out. */
export function restrictSocket(file: string): void {
  fs.chmodSync(file, 0o600)
}

async function isAnswered(file: string): Promise<boolean> {
  return await new Promise((resolve, reject) => {
    const socket = net.connect(file)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve(false)
      else reject(new LedgerError('CONFIG_INVALID', `${file} cannot be looked at: ${error.message}`, { cause: error }))
    })
  })
}
