// What a cut leaves of a disk's writes: every subset of what was not flushed may be lost and nothing else, and a real disk's
// diary tells the two apart. Were all writes left, the suites that cut the power would pass whatever the daemon does.
import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { seeded } from '../../test/seeded.ts'
import { type DiaryEntry, DiaryDisk, readDiary } from './diary-disk.ts'
import { missing } from './machine-needs.ts'
import { type CutWay, survivors } from './surviving-writes.ts'

const draws = 400
const sectorBytes = 512
const writeBytes = 3 * sectorBytes

/** Writes by their letters, a flush for each `|`. */
function diaryOf(text: string): DiaryEntry[] {
  return Array.from(text, (letter, at) =>
    letter === '|'
      ? { endsAt: at, kind: 'flush', offset: 0, data: Buffer.alloc(0) }
      : { endsAt: at, kind: 'write', offset: 0, data: Buffer.alloc(writeBytes, letter) },
  )
}

/** Everything that is ever left: letters, in order, with the sectors of a write that is torn. */
function left(text: string, way: CutWay): string[] {
  const random = seeded(1)
  const seen = Array.from({ length: draws }, () =>
    survivors(diaryOf(text), way, random)
      .map(({ data }) => {
        const sectors = data.length / sectorBytes
        return data.length === writeBytes ? data.toString('latin1', 0, 1) : `${sectors}${data.toString('latin1', 0, 1)}`
      })
      .join(''),
  )
  return [...new Set(seen)].toSorted()
}

describe('what a cut leaves', () => {
  const table: readonly { name: string; diary: string; way: CutWay; want: readonly string[] }[] = [
    { name: 'all that reached it', diary: 'a|bc', way: 'prefix', want: ['abc'] },
    { name: 'any of what was not flushed', diary: 'a|bc', way: 'unflushed', want: ['a', 'ab', 'abc', 'ac'] },
    { name: 'what the last flush came after', diary: 'a|b|', way: 'unflushed', want: ['ab'] },
    { name: 'anything of a disk that never flushed', diary: 'ab', way: 'unflushed', want: ['', 'a', 'ab', 'b'] },
    { name: 'some sectors of the last write', diary: 'a|bc', way: 'torn', want: ['ab0', 'ab1c', 'ab2c'] },
    { name: 'the last write whole, once it was flushed', diary: 'a|b|', way: 'torn', want: ['ab'] },
  ]
  for (const { name, diary, way, want } of table) it(`${way}: ${name}`, () => expect(left(diary, way)).toEqual(want))
})

it('a diary holds what was written, and where a flush came', (context) => {
  const reason = missing('libfuse3-dev', 'program cc', 'program fusermount3')
  if (reason !== undefined) return context.skip(reason)
  const disk = new DiaryDisk()
  const fd = fs.openSync(disk.file, 'r+')
  try {
    fs.writeSync(fd, 'first', 4096)
    fs.fdatasyncSync(fd)
    fs.writeSync(fd, 'second', 0)
    const seen = readDiary(disk.log).map(({ kind, offset, data }) => [kind, offset, data.toString()])
    expect(seen).toEqual([
      ['write', 4096, 'first'],
      ['flush', 0, ''],
      ['write', 0, 'second'],
    ])
  } finally {
    fs.closeSync(fd)
    disk.remove()
  }
})
