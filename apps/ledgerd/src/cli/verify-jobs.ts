// How many files `ledgerd verify` checks at a time: what --jobs says, else what the files are worth.
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'

/** Each is a thread with a heap of its own. */
export const jobsMax = 64

/**
 * Bytes that make a thread worth its start, which loads the checker again and costs what checking that much costs. Below
 * it a second thread makes the run longer.
 */
const threadBytesMin = 64 << 20

/** Throws CliError for what is no whole number from 1 to `jobsMax`. */
export function parseJobs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const jobs = /^[1-9]\d{0,3}$/.test(text) ? Number(text) : 0
  if (jobs < 1 || jobs > jobsMax)
    throw new CliError(
      exitCodes.usage,
      `--jobs takes a whole number from 1 to ${jobsMax}, not ${text.slice(0, 64)}`,
      'leave it out: as many as there are cores, where the files are large enough',
    )
  return jobs
}

/** Never more than there are files; without --jobs never more than cores, nor than their bytes keep busy. */
export function jobsFor(
  asked: number | undefined,
  files: { readonly count: number; readonly bytes: number },
  cores: number,
): number {
  const wanted = asked ?? Math.min(cores, Math.floor(files.bytes / threadBytesMin))
  return Math.max(1, Math.min(wanted, files.count))
}
