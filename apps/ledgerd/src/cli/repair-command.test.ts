// Repair on real files: what a dry run says and what --apply leaves, for every kind of file; and that it can be
// interrupted at every call that changes something.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { append, draft, harness, idsInFile, ledger } from '../../test/engine-harness.ts'
import { run } from '../../test/memory-io.ts'
import { rounds } from '../../test/seeded.ts'
import { tryKernelLock } from '../locks/kernel-lock.ts'
import { readHead } from '../storage/head-file.ts'
import { formatHead, headFileBytes, slotBytes } from '../storage/head-record.ts'
import { copyFolder } from '../../test/copy-folder.ts'

let made: string
/** A line as a group leaves it that nobody got a receipt for. */
let unconfirmed = ''
let root: string
beforeAll(async () => {
  const files = harness()
  made = files.root
  const engine = files.open()
  await append(engine, [draft(1), draft(2), draft(3)])
  await engine.close()
  const other = harness()
  copyFolder(made, other.root)
  const longer = other.open()
  await append(longer, [draft(4)])
  await longer.close()
  unconfirmed = fs.readFileSync(other.file).subarray(whole().length).toString()
  other.remove()
})
afterAll(() => fs.rmSync(made, { recursive: true }))
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-repair-'))
  copyFolder(made, root)
})
afterEach(() => {
  vi.restoreAllMocks()
  fs.rmSync(root, { recursive: true, force: true })
})

const file = (): string => path.join(root, `${ledger}.jsonl`)
const sidecar = (name: string): string => path.join(root, '.ledgerd/ledgers', `${ledger}.jsonl`, name)
const whole = (): Buffer => fs.readFileSync(path.join(made, `${ledger}.jsonl`))
const document = async (...args: string[]): Promise<Record<string, unknown> & { exitCode: number }> => {
  const { out, exitCode } = await run(['repair', file(), '--json', ...args])
  return { ...(JSON.parse(out) as Record<string, unknown>), exitCode }
}

/** Names, contents and times below a folder. */
function snapshot(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .map((name) => {
      const stat = fs.lstatSync(path.join(folder, name))
      return `${name} ${stat.mtimeMs} ${stat.isFile() ? fs.readFileSync(path.join(folder, name), 'hex') : ''}`
    })
}

interface Case {
  readonly name: string
  readonly spoil: () => void
  readonly verdict: 'nothing' | 'repairable' | 'damaged'
  /** What the file holds after --apply; undefined for as before. */
  readonly leaves?: () => string
  readonly aside?: number
}

const tail = (text: string) => () => fs.appendFileSync(file(), text)
const lostHead = (text: string) => () => {
  fs.rmSync(sidecar('head'))
  fs.appendFileSync(file(), text)
}
/** Makes the head record one that trails. */
const trail = (): void => {
  const head = readHead(path.dirname(sidecar('head')))
  if (head === undefined) expect.unreachable('there is a head record')
  const slot = formatHead({ ...head, trails: true })
  fs.writeFileSync(sidecar('head'), Buffer.concat([slot, Buffer.alloc(headFileBytes - slotBytes)]))
}
const asIs = (): string => whole().toString()
const cases: readonly Case[] = [
  { name: 'a whole ledger', spoil: () => undefined, verdict: 'nothing' },
  { name: 'a torn tail', spoil: tail('{"torn'), verdict: 'repairable', leaves: asIs, aside: 6 },
  { name: 'a torn tail of NUL bytes', spoil: tail('\0\0\0\n'), verdict: 'repairable', leaves: asIs, aside: 4 },
  {
    name: 'a line that nobody has a receipt for',
    spoil: () => tail(unconfirmed)(),
    verdict: 'repairable',
    leaves: () => asIs() + unconfirmed,
  },
  {
    name: 'the same without its LF',
    spoil: () => tail(unconfirmed.trimEnd())(),
    verdict: 'repairable',
    leaves: () => asIs() + unconfirmed,
  },
  { name: 'a line again', spoil: () => tail(asIs().split('\n')[0] + '\n')(), verdict: 'repairable', leaves: asIs },
  { name: 'a file that was cut', spoil: () => fs.truncateSync(file(), 100), verdict: 'damaged' },
  {
    name: 'a line that was edited',
    spoil: () => fs.writeFileSync(file(), asIs().replace('Mira', 'Nora')),
    verdict: 'damaged',
  },
  {
    name: 'an edited line and a torn tail',
    spoil: () => fs.writeFileSync(file(), `${asIs().replace('line 1', 'line 7')}{"torn`),
    verdict: 'damaged',
  },
  { name: 'a whole ledger without its head record', spoil: lostHead(''), verdict: 'nothing' },
  {
    name: 'a torn tail without a head record',
    spoil: lostHead('{"torn'),
    verdict: 'repairable',
    leaves: asIs,
    aside: 6,
  },
  {
    name: 'lines of NUL bytes without a head record',
    spoil: lostHead('\0\0\n\0\0\n'),
    verdict: 'repairable',
    leaves: asIs,
  },
  {
    name: 'a whole line behind a torn one, without a head record',
    spoil: () => lostHead(`{"torn\n${unconfirmed}`)(),
    verdict: 'damaged',
  },
]

describe('repair of a ledger in its data folder', () => {
  for (const { name, spoil, verdict, leaves, aside } of cases)
    it(`${name}: a dry run changes nothing, --apply leaves what it said`, async () => {
      spoil()
      const before = snapshot(root)
      const dry = await document()
      expect(snapshot(root)).toEqual(before)
      expect(dry).toMatchObject({
        kind: 'repair',
        v: 1,
        verdict,
        isApplied: false,
        exitCode: verdict === 'damaged' ? 1 : 0,
      })
      const spoilt = fs.readFileSync(file())
      const done = await document('--apply')
      expect(done).toMatchObject({ ...dry, isApplied: verdict === 'repairable' })
      if (leaves === undefined) return expect(fs.readFileSync(file()).equals(spoilt)).toBe(true)
      expect(fs.readFileSync(file(), 'utf8')).toBe(leaves())
      expect(dry['bytesSetAside']).toBe(aside ?? dry['bytesSetAside'])
      // Everything that was cut is in the copy, the record says so, and the daemon finds nothing left to do.
      const [copy = ''] = fs.readdirSync(sidecar('aside'))
      const from = Number(copy.split('-')[0])
      expect(fs.readFileSync(path.join(sidecar('aside'), copy)).equals(spoilt.subarray(from))).toBe(true)
      expect(JSON.parse(fs.readFileSync(sidecar('recovery.jsonl'), 'utf8'))).toMatchObject({
        offset: from,
        aside: copy,
      })
      expect(await document()).toMatchObject({ verdict: 'nothing' })
      expect((await run(['verify', file(), '--level', 'schema'])).exitCode).toBe(0)
    })

  it('lets a ledger that stopped in doubt be served again', async () => {
    lostHead('\0\0\n')()
    const at = harness()
    copyFolder(root, at.root)
    const stopped = at.open()
    expect((await stopped.stat(ledger)).reason).toBe('damage-without-head')
    await stopped.close()
    expect((await run(['repair', at.file, '--apply'])).exitCode).toBe(0)
    const engine = at.open()
    await append(engine, [draft(4)])
    await engine.close()
    expect(idsInFile(at.file)).toEqual([1, 2, 3, 4])
    at.remove()
  })

  it('is refused while somebody holds the file, naming who', async () => {
    const at = harness()
    const engine = at.open()
    await append(engine, [draft(1)])
    fs.appendFileSync(at.file, '{"torn')
    const { err, exitCode } = await run(['repair', at.file, '--apply'])
    await engine.close()
    at.remove()
    expect(exitCode).toBe(5)
    expect(err).toMatch(new RegExp(`held by process ${process.pid} on test, since 2026-`))
  })
})

describe('repair of a bare file', () => {
  let bare: string
  beforeEach(() => {
    bare = path.join(root, '..', `${path.basename(root)}-bare`, 'runs.jsonl')
    fs.mkdirSync(path.dirname(bare))
  })
  afterEach(() => fs.rmSync(path.dirname(bare), { recursive: true }))
  const family = ['--family', 'world-events']

  const table: readonly { name: string; content: string; want: string; copies: number }[] = [
    { name: 'a torn end', content: '{"a": 1}\n{"b', want: '{"a": 1}\n', copies: 1 },
    { name: 'a missing LF', content: '{"a": 1}\n{"b": 2}', want: '{"a": 1}\n{"b": 2}\n', copies: 1 },
    { name: 'nothing wrong', content: '{"a": 1}\n', want: '{"a": 1}\n', copies: 0 },
    { name: 'lines that are wrong in themselves', content: 'x\n{"a": 1}\n\0\n', want: 'x\n{"a": 1}\n\0\n', copies: 0 },
    { name: 'an empty file', content: '', want: '', copies: 0 },
  ]
  for (const { name, content, want, copies } of table)
    it(`${name}: only the end is touched, the copy lies beside it`, async () => {
      fs.writeFileSync(bare, content)
      expect((await run(['repair', bare, ...family])).exitCode).toBe(0)
      expect(fs.readdirSync(path.dirname(bare))).toEqual(['runs.jsonl'])
      expect((await run(['repair', bare, '--apply', ...family])).exitCode).toBe(0)
      expect(fs.readFileSync(bare, 'utf8')).toBe(want)
      const kept = path.join(`${bare}.repair`, 'aside')
      expect(fs.existsSync(kept) ? fs.readdirSync(kept).length : 0).toBe(copies)
    })

  it('is refused while its own writer holds it', async () => {
    fs.writeFileSync(bare, '{"b')
    const fd = fs.openSync(bare, 'r')
    expect(tryKernelLock(fd)).toBe(true)
    const { exitCode } = await run(['repair', bare, '--apply', ...family])
    fs.closeSync(fd)
    expect(exitCode).toBe(5)
    expect(fs.readFileSync(bare, 'utf8')).toBe('{"b')
  })

  it('follows no link', async () => {
    fs.writeFileSync(bare, '{"b')
    const link = path.join(path.dirname(bare), 'link.jsonl')
    fs.symlinkSync(bare, link)
    expect((await run(['repair', link, '--apply', ...family])).exitCode).toBe(2)
    expect(fs.readFileSync(bare, 'utf8')).toBe('{"b')
  })
})

describe('words and codes', () => {
  it('says what it would do and how to have it done', async () => {
    tail('{"torn')()
    const { out, err, exitCode } = await run(['repair', ledger, '--data', root])
    expect(exitCode).toBe(0)
    expect(out).toBe(
      `${ledger}   dry run, nothing was changed\n  6 bytes lie above the committed end: 6 bytes (torn-tail) set aside\n  copy   6 bytes from byte ${whole().length} on, in ${sidecar('aside')}\n`,
    )
    expect(err).toBe(`ledgerd: to do it: ledgerd repair --apply ${ledger} --data ${root}\n`)
    expect((await run(['repair', ledger, '--data', root, '--apply'])).out).toMatch(/ {3}repaired\n/)
  })

  it('says when what it would set aside may have been acknowledged, and does it when told to', async () => {
    trail()
    tail('{"a": 1}\n')()
    const doubt = 'what is set aside may have been acknowledged: a whole record is among them'
    expect(await document()).toMatchObject({ verdict: 'repairable', message: expect.stringContaining(doubt) })
    expect(await document('--apply')).toMatchObject({ isApplied: true, bytesSetAside: 9 })
    expect(fs.readFileSync(file(), 'utf8')).toBe(asIs())
  })

  it('says of a record that trails that it does, not that what lies above it was never acknowledged', async () => {
    trail()
    tail(unconfirmed)()
    const message = `${Buffer.byteLength(unconfirmed)} bytes lie above the head record, which trails: 1 whole line appended anew`
    expect(await document()).toMatchObject({ verdict: 'repairable', message })
  })

  it('says that it finished an interrupted repair, though nothing was left to do then', async () => {
    tail('{"torn')()
    vi.spyOn(fs, 'fdatasyncSync').mockImplementationOnce(() => {
      throw Object.assign(new Error('EIO: planted'), { code: 'EIO', errno: -5 })
    })
    await run(['repair', file(), '--apply'])
    expect(await document()).toMatchObject({ verdict: 'unfinished', isApplied: false })
    expect(await document('--apply')).toMatchObject({
      isApplied: true,
      message: 'an interrupted repair was finished; the file ends where its head record says',
    })
  })

  it('says at once that the marker of an interrupted repair is no such thing', async () => {
    fs.writeFileSync(sidecar('redo'), '{}')
    const message = 'the marker of an unfinished repair, redo, cannot be what was written'
    expect(await document()).toMatchObject({ verdict: 'damaged', message, exitCode: 1 })
  })

  it('names verify where lines are damaged', async () => {
    fs.truncateSync(file(), 100)
    expect((await run(['repair', file()])).err).toContain(`ledgerd verify ${file()}`)
  })

  it('repeats in the next command what said which lines are meant', async () => {
    tail('{"torn')()
    const { err } = await run(['repair', file(), '--family', 'world-events'])
    expect(err).toBe(`ledgerd: to do it: ledgerd repair --apply ${file()} --family world-events\n`)
  })

  const table: readonly { name: string; args: readonly string[]; want: number }[] = [
    { name: 'no file', args: ['/nonexistent.jsonl'], want: 4 },
    { name: 'a ledger id alone', args: ['worlds/hall'], want: 2 },
    { name: 'stdin', args: ['-'], want: 2 },
    { name: 'no target', args: [], want: 2 },
  ]
  for (const { name, args, want } of table)
    it(`exit code of ${name}`, async () => expect((await run(['repair', ...args])).exitCode).toBe(want))
})

/** The calls by which anything below changes a file. */
const changing = [
  'writeFileSync',
  'renameSync',
  'ftruncateSync',
  'writeSync',
  'fdatasyncSync',
  'fsyncSync',
  'rmSync',
  'mkdirSync',
] as const

/** Calls failed in each case, spread over all of them; REPAIR_FAULTS=1000 fails every one. */
const faults = rounds('REPAIR_FAULTS', 4)

describe('an interrupted repair', () => {
  /** Repairs with the call of that number failing; returns how many were made. */
  async function repairFailingAt(failAt: number): Promise<number> {
    let calls = 0
    for (const call of changing) {
      const real = fs[call] as (...args: unknown[]) => unknown
      vi.spyOn(fs, call).mockImplementation(((...args: unknown[]) => {
        if (calls++ === failAt) throw Object.assign(new Error('EIO: planted'), { code: 'EIO', errno: -5 })
        return real(...args)
      }) as never)
    }
    await run(['repair', file(), '--apply'])
    vi.restoreAllMocks()
    return calls
  }

  function restart(spoil: () => void): void {
    fs.rmSync(root, { recursive: true })
    copyFolder(made, root)
    spoil()
  }

  const names = ['the same without its LF', 'lines of NUL bytes without a head record']
  for (const { name, spoil, leaves = asIs } of cases.filter((one) => names.includes(one.name)))
    it(`of ${name} is finished by the next, whatever call it failed at`, { timeout: 120_000 }, async () => {
      restart(spoil)
      const total = await repairFailingAt(Number.POSITIVE_INFINITY)
      expect(total).toBeGreaterThan(10)
      const step = Math.max(1, total / faults)
      for (let at = 0; at < total; at += step) {
        const failAt = Math.floor(at)
        restart(spoil)
        await repairFailingAt(failAt)
        await run(['repair', file(), '--apply'])
        expect(fs.readFileSync(file(), 'utf8'), `call ${failAt}`).toBe(leaves())
        expect(await document(), `call ${failAt}`).toMatchObject({ verdict: 'nothing' })
        // Whatever was cut is told: the last repair, and each one before it that came as far as cutting.
        const told = fs.readFileSync(sidecar('recovery.jsonl'), 'utf8').trimEnd().split('\n')
        const [copy = ''] = fs.readdirSync(sidecar('aside')).filter((one) => !one.endsWith('.new'))
        expect(
          told.map((line) => (JSON.parse(line) as { aside: string }).aside),
          `call ${failAt}`,
        ).toContain(copy)
      }
    })
})
