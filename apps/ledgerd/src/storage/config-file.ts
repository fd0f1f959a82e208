// The operator's words beside the data: `ledgerd.json`. Read once, at the start; never written by the daemon.
import fs from 'node:fs'
import path from 'node:path'
import { LedgerError } from '@ledgerd/schema/errors'

export const configFileName = 'ledgerd.json'

const configBytesMax = 1 << 20

/** The file and its text; undefined when there is none. Throws CONFIG_INVALID when it cannot be read. */
export function readConfigFile(dataFolder: string): { readonly file: string; readonly text: string } | undefined {
  const file = path.join(dataFolder, configFileName)
  const stat = fs.statSync(file, { throwIfNoEntry: false })
  if (stat === undefined) return undefined
  if (!stat.isFile() || stat.size > configBytesMax)
    throw new LedgerError('CONFIG_INVALID', `${file} is no plain file of at most ${configBytesMax} bytes; replace it`)
  try {
    return { file, text: fs.readFileSync(file, 'utf8') }
  } catch (error) {
    throw new LedgerError('CONFIG_INVALID', `${file} cannot be read: ${(error as Error).message}`, { cause: error })
  }
}
