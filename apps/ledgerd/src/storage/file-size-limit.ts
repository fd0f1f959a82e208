// How large a file of this process may become (setrlimit(2), RLIMIT_FSIZE), as the kernel says.
import fs from 'node:fs'

/** Bytes; Infinity where there is no limit, or none that can be read. */
export function fileSizeLimit(): number {
  const table = '/proc/self/limits'
  if (!fs.existsSync(table)) return Number.POSITIVE_INFINITY
  const [, limit] = /^Max file size\s+(\d+)\s/m.exec(fs.readFileSync(table, 'utf8')) ?? []
  return limit === undefined ? Number.POSITIVE_INFINITY : Number(limit)
}
