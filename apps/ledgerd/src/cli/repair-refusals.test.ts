// What repair does not begin with, and what it says when it cannot go on: each refusal is true and names the way on.
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { append, draft, type Harness, harness, idsInFile, ledger } from '../../test/engine-harness.ts'
import { run } from '../../test/memory-io.ts'

let at: Harness
/** Where its last line begins, which nobody has a receipt for. */
let committed = 0
beforeEach(async () => {
  at = harness()
  const engine = at.open()
  await append(engine, [draft(1), draft(2)])
  const head = fs.readFileSync(sidecar('head'))
  committed = fs.statSync(at.file).size
  await append(engine, [draft(3)])
  await engine.close()
  fs.writeFileSync(sidecar('head'), head)
})
afterEach(() => {
  vi.restoreAllMocks()
  at.remove()
})

const sidecar = (name: string): string => path.join(at.sidecar, name)

describe('a repair that does not begin', () => {
  const refusals: readonly { name: string; spoil: () => void; args?: readonly string[]; want: RegExp }[] = [
    {
      name: 'a schema that is not the one on record: whole lines would not be admissible',
      spoil: () => {
        const origin = { v: 1, kind: 'created', ledger, schema: '@ledgerd/schema-world-events', profile: 'seed' }
        fs.writeFileSync(sidecar('created.json'), JSON.stringify({ ...origin, lines: 0, bytes: 0 }))
      },
      args: ['--family', 'kernel-runs'],
      want: /are @ledgerd\/schema-world-events by its record.*\n {2}try: leave --family and --schema away/,
    },
    {
      name: "another user's ledger: its daemon could not open what is left beside it",
      spoil: () => vi.spyOn(process, 'getuid').mockReturnValue(4_000_000),
      want: /belongs to user \d+, not 4000000.*\n {2}try: as that user: sudo -u '#\d+' ledgerd repair --apply /,
    },
    {
      name: 'a file with two names',
      spoil: () => fs.linkSync(at.file, path.join(at.root, 'second')),
      want: /has 2 names.*\n {2}try: give it a copy of its own: cp -p /,
    },
    {
      name: 'a folder',
      spoil: () => {
        fs.rmSync(at.file)
        fs.mkdirSync(at.file)
      },
      want: /is no plain file\n {2}try: see what it is: ls -ld /,
    },
    {
      name: 'a pipe, which nobody writes into',
      spoil: () => {
        fs.rmSync(at.file)
        execFileSync('mkfifo', [at.file])
      },
      want: /is no plain file/,
    },
  ]
  for (const { name, spoil, args = [], want } of refusals)
    it(`refuses ${name}`, async () => {
      spoil()
      const before = fs.readdirSync(at.root, { recursive: true })
      const { err, exitCode } = await run(['repair', at.file, '--apply', ...args])
      expect({ exitCode, err }).toEqual({ exitCode: 2, err: expect.stringMatching(want) as string })
      expect(fs.readdirSync(at.root, { recursive: true })).toEqual(before)
    })
})

describe('a repair that does not end', () => {
  const failures: readonly { name: string; plant: () => void; want: string }[] = [
    {
      name: 'the disk is full before anything is cut',
      plant: () =>
        vi.spyOn(fs, 'renameSync').mockImplementation(() => {
          throw Object.assign(new Error('ENOSPC: planted'), { code: 'ENOSPC', errno: -28 })
        }),
      want: 'ENOSPC: planted',
    },
    {
      name: 'the disk is full behind the cut',
      plant: () => {
        const real = fs.writeSync as (...args: unknown[]) => number
        const short = (...args: unknown[]): number => (args[4] === committed ? 1 : real(...args))
        vi.spyOn(fs, 'writeSync').mockImplementation(short as never)
      },
      want: 'the kept lines were written short, as when a disk or quota is full',
    },
  ]
  for (const { name, plant, want } of failures)
    it(`${name}: says that the repair is not finished, and how to go on`, async () => {
      plant()
      const { err, exitCode } = await run(['repair', ledger, '--data', at.root, '--apply'])
      vi.restoreAllMocks()
      expect({ err, exitCode }).toEqual({
        exitCode: 7,
        err:
          `ledgerd: ${want}: the repair is not finished; nothing is lost, and the next goes on with it\n` +
          `  try: mend that, then again: ledgerd repair --apply ${ledger} --data ${at.root}\n`,
      })
      expect((await run(['repair', at.file, '--apply'])).exitCode).toBe(0)
      expect(idsInFile(at.file)).toEqual([1, 2, 3])
    })
})
