// What a disk is left with that had not flushed everything when the power went.
import type { DiaryEntry } from './diary-disk.ts'

/** All that reached it; only some of what was not flushed; all, and the last write torn at a sector. */
export const cutWays = ['prefix', 'unflushed', 'torn'] as const
export type CutWay = (typeof cutWays)[number]

const sectorBytes = 512

/** What of these is on the disk. Whatever a flush came after is there; of the rest it depends on the way. */
export function survivors(entries: readonly DiaryEntry[], way: CutWay, random: () => number): DiaryEntry[] {
  const flushed = entries.findLastIndex(({ kind }) => kind === 'flush')
  const writes = entries
    .map((entry, at) => ({ entry, isFlushed: at < flushed }))
    .filter((one) => one.entry.kind === 'write')
  if (way === 'unflushed') return writes.filter((one) => one.isFlushed || random() < 0.5).map(({ entry }) => entry)
  const all = writes.map(({ entry }) => entry)
  const torn = all.at(-1)
  if (way === 'prefix' || torn === undefined || writes.at(-1)?.isFlushed === true) return all
  const kept = Math.floor((random() * torn.data.length) / sectorBytes) * sectorBytes
  return [...all.slice(0, -1), { ...torn, data: torn.data.subarray(0, kept) }]
}
