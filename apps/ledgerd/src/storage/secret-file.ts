// A small secret that is made once. Its file is created exclusively with its final mode, and read as a private file.
import fs from 'node:fs'
import path from 'node:path'
import { LedgerError } from '@ledgerd/schema/errors'
import { syncFolder } from './durable.ts'
import { readPrivateFile } from './private-file.ts'

export interface Secret {
  make(): string
  /** False for what a crash while writing, or an editor, may have left. */
  isValid(text: string): boolean
}

/** Reads the secret, or makes the file when it is missing. Throws CONFIG_INVALID and says what to do. */
export function readOrMakeSecret(file: string, secret: Secret): string {
  try {
    fs.writeFileSync(file, `${secret.make()}\n`, { mode: 0o600, flag: 'wx', flush: true })
    syncFolder(path.dirname(file))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const text = readPrivateFile(file).trim()
  if (!secret.isValid(text))
    throw new LedgerError('CONFIG_INVALID', `${file} holds no token; remove it, a new one is made`)
  return text
}
