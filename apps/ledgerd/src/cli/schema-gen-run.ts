// `ledgerd schema gen`: writes the lock of a package. The same package gives the same bytes; a second run writes nothing.
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { formatLock, lockFileName, lockSchema } from '@ledgerd/schema-tools'
import { exitCodes } from './exit-code.ts'
import type { Io } from './io.ts'
import { loadPackage, readLock } from './schema-package.ts'

export async function runSchemaGen(place: string, flags: { readonly check?: boolean }, io: Io): Promise<number> {
  const file = path.join(place, lockFileName)
  const text = formatLock(lockSchema(await loadPackage(place), await readLock(file)))
  const present = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === present) {
    await io.write(`unchanged ${file}\n`)
    return exitCodes.yes
  }
  if (flags.check === true) {
    await io.write(`stale ${file}\n`)
    io.say(`ledgerd: the lock is not that of the package; run: ledgerd schema gen ${place}\n`)
    return exitCodes.no
  }
  await writeFile(file, text)
  await io.write(`${present === undefined ? 'written' : 'changed'} ${file}\n`)
  return exitCodes.yes
}
