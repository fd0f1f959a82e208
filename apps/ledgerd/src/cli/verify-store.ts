// The content store that `ledgerd verify --artifacts` names.
import type { ContentStore } from '@ledgerd/schema'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import { statOf } from './import-source.ts'

/**
 * The folder as a store: files named by digest or id, bare or below a folder of the kind (`sha256/<hex>`, `cid/<id>`).
 * Throws CliError for one that is not there: a wrong name must not look like a store that lost everything.
 */
export async function openStore(folder: string): Promise<ContentStore> {
  if (!(await statOf(folder)).isDirectory())
    throw new CliError(exitCodes.usage, `--artifacts takes a folder, and ${folder} is none`, `ls -l ${folder}`)
  const { contentFolder } = await import('@ledgerd/schema-audio-jobs/node')
  return contentFolder(folder)
}
