// Doctor on folders with one thing wrong each: it is found, named with its fix, the fix helps, and looking changed nothing.
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { append, draft, harness } from '../../test/engine-harness.ts'
import { type MemoryIoOptions, run } from '../../test/memory-io.ts'
import { lockFolder } from '../locks/folder-lock.ts'
import { checkDisk } from './doctor-disk.ts'
import { checkFolder } from './doctor-folder.ts'
import { checkHost, type HostFacts } from './doctor-host.ts'
import { type Check, CheckList, type DoctorReport } from './doctor-report.ts'
import { copyFolder } from '../../test/copy-folder.ts'

let made: string
let root: string
beforeAll(async () => {
  const files = harness()
  made = files.root
  const engine = files.open()
  await append(engine, [draft(1), draft(2)])
  await append(engine, [draft(3)], { ledger: 'yard' })
  await engine.close()
})
afterAll(() => fs.rmSync(made, { recursive: true }))
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-doctor-'))
  copyFolder(made, root)
  fs.chmodSync(path.join(root, '.ledgerd'), 0o700)
})
afterEach(() => fs.rmSync(root, { recursive: true, force: true }))

const at = (...parts: string[]): string => path.join(root, ...parts)
const doctor = async (folder: string, options: MemoryIoOptions = {}): Promise<DoctorReport & { exitCode: number }> => {
  const { out, exitCode } = await run(['doctor', folder, '--json'], options)
  return { ...(JSON.parse(out) as DoctorReport), exitCode }
}
const bad = ({ checks }: DoctorReport): readonly Check[] =>
  checks.filter(({ level }) => level === 'warning' || level === 'wrong')

/** Every name, mode, size, time and content below a folder. */
function snapshot(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .map((name) => {
      const stat = fs.lstatSync(path.join(folder, name))
      const content = stat.isFile() ? fs.readFileSync(path.join(folder, name), 'hex') : ''
      return `${name} ${stat.mode} ${stat.mtimeMs} ${stat.ctimeMs} ${content}`
    })
}

const wide =
  (...parts: string[]) =>
  () =>
    fs.chmodSync(at(...parts), 0o666)
const table: readonly { name: string; spoil: () => void; want: Partial<Check>; isFixedByCommand: boolean }[] = [
  {
    name: 'a ledger that others can write',
    spoil: wide('yard.jsonl'),
    want: { name: 'permissions', level: 'wrong' },
    isFixedByCommand: true,
  },
  {
    name: 'a folder that others can write',
    spoil: () => fs.chmodSync(at('worlds'), 0o777),
    want: { name: 'permissions', level: 'wrong' },
    isFixedByCommand: true,
  },
  {
    name: 'a sidecar that others can enter',
    spoil: () => fs.chmodSync(at('.ledgerd'), 0o755),
    want: { name: 'permissions', level: 'wrong' },
    isFixedByCommand: true,
  },
  {
    name: 'a token that others can read',
    spoil: () => fs.writeFileSync(at('.ledgerd/token'), 'x', { mode: 0o644 }),
    want: { name: 'permissions', level: 'wrong' },
    isFixedByCommand: true,
  },
  {
    name: 'a data folder that others can read',
    spoil: () => fs.chmodSync(root, 0o755),
    want: { name: 'permissions', level: 'warning' },
    isFixedByCommand: true,
  },
  {
    name: 'a ledger with two names',
    spoil: () => fs.linkSync(at('yard.jsonl'), at('.second')),
    want: { name: 'links', level: 'wrong' },
    isFixedByCommand: true,
  },
  {
    name: 'a linked ledger',
    spoil: () => fs.symlinkSync(at('yard.jsonl'), at('linked.jsonl')),
    want: { name: 'links', level: 'warning' },
    isFixedByCommand: false,
  },
  {
    name: 'a linked folder',
    spoil: () => fs.symlinkSync(at('worlds'), at('away')),
    want: { name: 'links', level: 'warning' },
    isFixedByCommand: false,
  },
  {
    name: 'a ledger that is gone',
    spoil: () => fs.rmSync(at('yard.jsonl')),
    want: {
      name: 'sidecars',
      level: 'wrong',
      message: expect.stringContaining('1 line of it were acknowledged') as string,
    },
    isFixedByCommand: false,
  },
  {
    name: 'a sidecar of nothing',
    spoil: () => fs.mkdirSync(at('.ledgerd/ledgers/none.jsonl')),
    want: { name: 'sidecars', level: 'warning' },
    isFixedByCommand: false,
  },
  {
    name: 'a last line of next year',
    spoil: () => {
      fs.writeFileSync(at('yard.jsonl'), fs.readFileSync(at('yard.jsonl'), 'utf8').replace('2026-', '2027-'))
      fs.rmSync(at('.ledgerd/ledgers/yard.jsonl'), { recursive: true })
    },
    want: { name: 'clock', level: 'wrong' },
    isFixedByCommand: false,
  },
]

describe('doctor', () => {
  it('finds nothing wrong with a folder that is well, with or without a daemon on it', async () => {
    const report = await doctor(root)
    expect(bad(report)).toEqual([])
    expect(report).toMatchObject({ kind: 'doctor', v: 1, folder: root, isWell: true, exitCode: 0 })
    const names = report.checks.map(({ name }) => name)
    expect(names).toEqual([
      'node',
      'flock',
      'io_uring',
      'zod',
      'folder',
      'owner',
      'permissions',
      'links',
      'space',
      'inodes',
      'filesystem',
      'clock',
      'sidecars',
      'ledgers',
      'holder',
      'locks',
    ])
    const { out, exitCode } = await run(['doctor', root])
    expect({ exitCode, end: out.split('\n').at(-2) }).toEqual({ exitCode: 0, end: 'nothing is wrong' })
    expect(out).toMatch(/^ {2}owner {8}ok {7}everything belongs to user \d+$/m)
  })

  for (const { name, spoil, want, isFixedByCommand } of table)
    it(`finds ${name}, changes nothing, and names what helps`, async () => {
      spoil()
      const before = snapshot(root)
      const report = await doctor(root)
      expect(snapshot(root)).toEqual(before)
      expect(bad(report)).toEqual([expect.objectContaining({ ...want, fix: expect.any(String) as string })])
      expect(report.exitCode).toBe(want.level === 'wrong' ? 1 : 0)
      const { out } = await run(['doctor', root])
      expect(out).toContain(`${' '.repeat(24)}fix: ${bad(report)[0]?.fix}\n`)
      if (!isFixedByCommand) return
      execFileSync('sh', ['-c', bad(report)[0]?.fix ?? 'false'])
      expect(bad(await doctor(root))).toEqual([])
    })

  it('quotes what a shell would take apart', async () => {
    const folder = at("it's here; rm x")
    expect(bad(await doctor(folder))).toMatchObject([
      { name: 'folder', fix: `mkdir -m 700 -p '${root}/it'\\''s here; rm x'` },
    ])
    execFileSync('sh', ['-c', bad(await doctor(folder))[0]?.fix ?? 'false'])
    expect(bad(await doctor(folder))).toEqual([])
  })

  it('looks at the folder a file lies in only when told so', async () =>
    expect(bad(await doctor(at('yard.jsonl')))).toMatchObject([{ name: 'folder', level: 'wrong' }]))

  it('sees the environment that the daemon would start in', async () =>
    expect(bad(await doctor(root, { env: { UV_USE_IO_URING: '1' } }))).toMatchObject([
      { name: 'io_uring', fix: 'unset UV_USE_IO_URING' },
    ]))

  it('shows a name that would move the cursor as it is spelled', async () => {
    fs.symlinkSync(at('worlds'), at('a\u001b[2J'))
    expect((await run(['doctor', root])).out).not.toContain('\u001b')
  })
})

describe('who holds the folder', () => {
  const since = '2026-01-01T00:00:00.000Z'
  const own = { pid: process.pid, host: os.hostname(), epoch: 0, since }

  it('is named with process, host and start, without trying the lock', async () => {
    const lock = lockFolder(at('.ledgerd'), own)
    const report = await doctor(root)
    lock.release()
    expect(report.checks).toContainEqual({
      name: 'holder',
      level: 'ok',
      message: `process ${process.pid} on ${os.hostname()}, since ${since}`,
    })
  })

  const dead = execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' })
  const left: readonly { name: string; holder: object; want: object }[] = [
    {
      name: 'a process that is gone',
      holder: { ...own, pid: Number(dead) },
      want: { level: 'note', message: expect.stringContaining('is gone') as string },
    },
    {
      name: 'a process with that number that has nothing open here',
      holder: own,
      want: { level: 'note', message: expect.stringContaining('is gone') as string },
    },
    {
      name: 'another machine',
      holder: { ...own, host: 'elsewhere' },
      want: { level: 'warning', message: expect.stringContaining('on elsewhere') as string },
    },
  ]
  for (const { name, holder, want } of left)
    it(`left by ${name} is told, and no reason to fail`, async () => {
      fs.writeFileSync(at('.ledgerd/daemon.json'), `${JSON.stringify(holder)}\n`)
      const report = await doctor(root)
      expect(report.exitCode).toBe(0)
      expect(report.checks.find((check) => check.name === 'holder')).toMatchObject(want)
    })

  it('a lock that a killed daemon left on a ledger is a note', async () => {
    fs.writeFileSync(
      at('.ledgerd/ledgers/yard.jsonl/holder.json'),
      `${JSON.stringify({ ...own, pid: Number(dead) })}\n`,
    )
    expect((await doctor(root)).checks.find((check) => check.name === 'locks')).toMatchObject({
      level: 'note',
      message: expect.stringContaining('yard: the lock of process') as string,
    })
  })
})

const say = (fill: (list: CheckList) => void): readonly string[] => {
  const list = new CheckList()
  fill(list)
  return list.checks.map(({ name, level }) => `${name} ${level}`)
}

describe('the parts', () => {
  it('owner: names each foreign file, or the whole folder at once', () => {
    const list = new CheckList()
    const user = { uid: 4_000_000 + (randomBytes(1)[0] ?? 0), gid: 7 }
    checkFolder(list, root, user)
    expect(list.checks.filter(({ name }) => name === 'owner')).toMatchObject([
      { level: 'wrong', fix: `sudo chown -R ${user.uid}:7 ${root}` },
    ])
  })

  it('owner: is what is wrong with a sidecar that is closed to whoever looks', () => {
    const sidecar = at('.ledgerd')
    const { uid, gid } = fs.lstatSync(root)
    const closed = Object.assign(new Error('EACCES: planted'), { code: 'EACCES', errno: -13 })
    for (const call of ['accessSync', 'lstatSync', 'readdirSync'] as const) {
      const real = fs[call] as (...args: unknown[]) => unknown
      vi.spyOn(fs, call).mockImplementation(((name: string, ...rest: unknown[]) => {
        if (name.startsWith(`${sidecar}/`) || (call === 'accessSync' && name === sidecar)) throw closed
        return real(name, ...rest)
      }) as never)
    }
    const list = new CheckList()
    const isOpen = checkFolder(list, root, { uid: uid + 1, gid })
    vi.restoreAllMocks()
    expect(isOpen).toBe(false)
    expect(list.checks.filter(({ level }) => level === 'wrong').map(({ name }) => name)).toContain('owner')
  })

  it('owner: names what somebody else left beside a ledger, which its daemon cannot open', () => {
    const file = at('.ledgerd/ledgers/yard.jsonl/recovery.jsonl')
    fs.writeFileSync(file, '')
    const { uid, gid } = fs.lstatSync(root)
    const real = fs.lstatSync
    vi.spyOn(fs, 'lstatSync').mockImplementation(((name: string, ...rest: []) => {
      const stat = real(name, ...rest)
      return name === file ? Object.assign(stat, { uid: uid + 1 }) : stat
    }) as never)
    const list = new CheckList()
    checkFolder(list, root, { uid, gid })
    vi.restoreAllMocks()
    expect(list.checks.filter(({ name }) => name === 'owner')).toMatchObject([
      {
        level: 'wrong',
        message: `${file} belongs to user ${uid + 1}, not ${uid}`,
        fix: `sudo chown ${uid}:${gid} ${file}`,
      },
    ])
  })

  const well: HostFacts = {
    env: {},
    nodeVersion: 'v20.19.0',
    flockVersion: '2.38',
    zodCopies: [{ place: '/d', version: '4.6.7' }],
  }
  const hosts: readonly { name: string; facts: Partial<HostFacts>; want: string | undefined }[] = [
    { name: 'all well', facts: {}, want: undefined },
    { name: 'a later Node', facts: { nodeVersion: 'v24.0.1' }, want: undefined },
    { name: 'an old Node', facts: { nodeVersion: 'v20.18.9' }, want: 'node wrong' },
    { name: 'a much older Node', facts: { nodeVersion: 'v18.20.0' }, want: 'node wrong' },
    { name: 'no flock', facts: { flockVersion: undefined }, want: 'flock wrong' },
    { name: 'io_uring off', facts: { env: { UV_USE_IO_URING: '0' } }, want: undefined },
    {
      name: 'zod twice, the same',
      facts: { zodCopies: [...well.zodCopies, { place: '/e', version: '4.6.7' }] },
      want: undefined,
    },
    {
      name: 'zod twice, not the same',
      facts: { zodCopies: [...well.zodCopies, { place: '/e', version: '4.1.0' }] },
      want: 'zod warning',
    },
  ]
  for (const { name, facts, want } of hosts)
    it(`host: ${name}`, () => {
      const said = say((list) => checkHost(list, { ...well, ...facts })).filter((word) => !word.endsWith(' ok'))
      expect(said).toEqual(want === undefined ? [] : [want])
    })

  it('zod: finds the copies beside the data and inside its packages', async () => {
    for (const [place, version] of [
      ['zod', '3.0.0'],
      ['@own/schema/node_modules/zod', '4.0.1'],
    ] as const) {
      fs.mkdirSync(at('node_modules', place), { recursive: true })
      fs.writeFileSync(at('node_modules', place, 'package.json'), JSON.stringify({ name: 'zod', version }))
    }
    expect(bad(await doctor(root)).map(({ name, message }) => `${name} ${/zod \d[\d.]+/.exec(message)?.[0]}`)).toEqual([
      'zod zod 3.0.0',
      'zod zod 4.0.1',
    ])
  })

  const disk = { type: 0xef53, freeBytes: 1 << 30, inodes: 1e6, freeInodes: 1e5 }
  const min = 1 << 20
  const disks: readonly { name: string; facts: Partial<typeof disk>; want: readonly string[] }[] = [
    { name: 'well', facts: {}, want: [] },
    { name: 'full', facts: { freeBytes: min - 1 }, want: ['space wrong'] },
    { name: 'just enough', facts: { freeBytes: min }, want: ['space warning'] },
    { name: 'no inodes left', facts: { freeInodes: 3 }, want: ['inodes wrong'] },
    { name: 'inodes without end', facts: { inodes: 0, freeInodes: 0 }, want: [] },
    { name: 'nfs', facts: { type: 0x6969 }, want: ['filesystem warning'] },
    { name: 'smb2', facts: { type: 0xfe534d42 }, want: ['filesystem warning'] },
    { name: 'tmpfs', facts: { type: 0x01021994 }, want: ['filesystem warning'] },
    { name: 'unheard of', facts: { type: 0x1234 }, want: ['filesystem warning'] },
    { name: 'xfs', facts: { type: 0x58465342 }, want: [] },
  ]
  for (const { name, facts, want } of disks)
    it(`disk: ${name}`, () =>
      expect(
        say((list) => checkDisk(list, '/d', { ...disk, ...facts }, min)).filter((word) => !word.endsWith(' ok')),
      ).toEqual(want))
})
