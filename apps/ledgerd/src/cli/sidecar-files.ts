// Finds and reads what lies beside a ledger file in a data folder: head record, stored leaf hashes, adoption report.
// Reads only; what is not there or not whole is said, never repaired.
import fs from 'node:fs'
import { open } from 'node:fs/promises'
import path from 'node:path'
import type { Adoption, Sidecar } from '@ledgerd/verify'
import { leavesOfIndex, parseAdoption, parseHead, parseIndexSeal } from '@ledgerd/verify'
import { readRange } from './file-bytes.ts'

export interface FoundSidecar {
  /** The data folder. */
  readonly data: string
  /** The ledger id, by the file's place in its data folder. */
  readonly ledger: string
  readonly folder: string
  readonly sidecar: Sidecar
  readonly adoption: Adoption | undefined
  close(): Promise<void>
}

/** Walks up from the file to a folder that has a `.ledgerd` in it; undefined when there is none. */
export function findSidecarFolder(file: string): Pick<FoundSidecar, 'data' | 'ledger' | 'folder'> | undefined {
  const full = path.resolve(file)
  for (let folder = path.dirname(full); ; folder = path.dirname(folder)) {
    const inside = path.relative(folder, full)
    if (fs.existsSync(path.join(folder, '.ledgerd'))) {
      const id = inside
        .split(path.sep)
        .join('/')
        .replace(/\.jsonl$/, '')
      return { data: folder, ledger: id, folder: path.join(folder, '.ledgerd', 'ledgers', `${id}.jsonl`) }
    }
    if (folder === path.dirname(folder)) return undefined
  }
}

/** Reads the sidecar of a file; undefined when the file lies in no data folder or has no sidecar there. */
export async function readSidecar(file: string): Promise<FoundSidecar | undefined> {
  const place = findSidecarFolder(file)
  if (place === undefined) return undefined
  const problems: string[] = []
  const headFile = readIfThere(path.join(place.folder, 'head'), problems)
  const head = headFile === undefined ? undefined : parseHead(headFile)
  if (headFile !== undefined && head === undefined) problems.push('neither slot of the head record is whole')
  const adoptionFile = readIfThere(path.join(place.folder, 'adoption.json'), problems)
  const adoption = adoptionFile === undefined ? undefined : parseAdoption(adoptionFile)
  if (adoptionFile !== undefined && adoption === undefined) problems.push('the adoption report cannot be understood')
  const seal = readIfThere(path.join(place.folder, 'lines.seal'), problems)
  const index = seal === undefined ? undefined : await openIfThere(path.join(place.folder, 'lines'))
  const leaves =
    index && leavesOfIndex(parseIndexSeal(seal as Uint8Array), (at, length) => readRange(index, at, length))
  const sidecar = { ...(head === undefined ? {} : { head }), ...(leaves === undefined ? {} : { leaves }), problems }
  return { ...place, sidecar, adoption, close: async () => await index?.close() }
}

function readIfThere(file: string, problems: string[]): Uint8Array | undefined {
  try {
    return fs.readFileSync(file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT') problems.push(`${path.basename(file)} cannot be read (${code})`)
    return undefined
  }
}

async function openIfThere(file: string): Promise<Awaited<ReturnType<typeof open>> | undefined> {
  try {
    return await open(file, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
