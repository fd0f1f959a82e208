// A shadow run: the ledger grows as its source does, byte for byte, and no second writer gets between.
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { tryKernelLock } from '../locks/kernel-lock.ts'
import { makeFolder } from '../storage/durable.ts'
import { writeOrigin } from '../storage/origin.ts'
import { type Outcome, run } from '../../test/memory-io.ts'

const vector = new URL('../../../../vectors/world-events/daily_undertaking.jsonl', import.meta.url)
const lines = fs.readFileSync(fileURLToPath(vector), 'utf8').split('\n')
const of = (from: number, to: number): string => `${lines.slice(from, to).join('\n')}\n`

let folder: string
let source: string
let target: string
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), 'ledgerd-follow-'))
  source = path.join(folder, 'daily_undertaking.jsonl')
  target = path.join(folder, 'data/daily_undertaking.jsonl')
  fs.writeFileSync(source, of(0, 20))
})
afterEach(() => fs.rmSync(folder, { recursive: true }))

const sidecar = (): string => path.join(folder, 'data/.ledgerd/ledgers/daily_undertaking.jsonl')

/** Follows; once the first report is written, `meanwhile` happens to the source, and then a signal comes. */
async function follow(meanwhile: () => void = () => undefined, ...args: string[]): Promise<Outcome> {
  const signal = new AbortController()
  const isThere = fs.existsSync(target)
  const onOut = (): void => {
    if (signal.signal.aborted) return
    meanwhile()
    signal.abort('SIGINT')
  }
  if (isThere) onOut()
  const command = ['import', '--family', 'world-events', source, '--data', path.join(folder, 'data'), '--follow']
  return await run([...command, ...args], { interrupted: signal.signal, onOut })
}

const isSame = (): boolean => fs.readFileSync(target).equals(fs.readFileSync(source))

describe('import --follow', () => {
  it('takes what comes, says what is wrong with it, and reports everything in the end', async () => {
    const { exitCode, out, err } = await follow(() => fs.appendFileSync(source, `${of(20, 30)}[]\n`))
    expect([exitCode, isSame()]).toEqual([130, true])
    expect(out).toMatch(/copied, byte for byte[\s\S]*\nline 31 \(seq 30, .*not-an-object[\s\S]*followed to here/)
    expect(err).toContain('Ctrl-C ends it')
    expect(fs.readdirSync(sidecar())).toEqual(['import.json'])
    const report = JSON.parse(fs.readFileSync(path.join(sidecar(), 'import.json'), 'utf8')) as object
    expect(report).toMatchObject({ action: 'followed', lines: 31, counts: { E: 1 } })
  })

  it('is one object a finding and a report with --json', async () => {
    const { out } = await follow(() => fs.appendFileSync(source, '[]\n'), '--json')
    const kinds = out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { kind: string }).kind)
    expect(kinds).toEqual(['import-report', 'finding', 'import-report'])
  })

  it('leaves a line that is not complete yet, and takes it the next time', async () => {
    const [half, rest] = [of(20, 21).slice(0, 40), of(20, 21).slice(40)]
    const first = await follow(() => fs.appendFileSync(source, half))
    expect([fs.readFileSync(target, 'utf8'), first.err]).toEqual([
      of(0, 20),
      expect.stringContaining('40 B at the end'),
    ])
    await follow(() => fs.appendFileSync(source, rest))
    expect(isSame()).toBe(true)
  })

  it('goes on after a crash in the middle of a line', async () => {
    await follow()
    fs.truncateSync(target, 3000)
    fs.appendFileSync(source, of(20, 25))
    const { exitCode, out } = await follow()
    expect([exitCode, isSame(), out]).toEqual([130, true, expect.stringContaining('25 lines')])
  })

  it('followed by an import changes nothing more; an import of more says how', async () => {
    await follow(() => fs.appendFileSync(source, of(20, 25)))
    const args = ['import', '--family', 'world-events', source, '--data', path.join(folder, 'data')]
    expect((await run(args)).out).toContain('there already; nothing changed')
    fs.appendFileSync(source, of(25, 26))
    const { exitCode, err } = await run(args)
    expect([exitCode, err]).toEqual([1, expect.stringMatching(/has grown since[\s\S]*--follow/)])
  })

  it('that was killed leaves an old report, which the next import renews, once', async () => {
    await follow()
    for (const file of [source, target]) fs.appendFileSync(file, of(20, 25))
    const args = ['import', '--family', 'world-events', source, '--data', path.join(folder, 'data')]
    const report = (): string => fs.readFileSync(path.join(sidecar(), 'import.json'), 'utf8')
    expect(JSON.parse(report())).toMatchObject({ lines: 20 })
    expect((await run(args)).out).toContain('there already')
    const renewed = report()
    expect(JSON.parse(renewed)).toMatchObject({ lines: 25, action: 'unchanged' })
    const { mtimeMs } = fs.statSync(path.join(sidecar(), 'import.json'))
    await run(args)
    expect([report(), fs.statSync(path.join(sidecar(), 'import.json')).mtimeMs]).toEqual([renewed, mtimeMs])
  })

  const refused: readonly { name: string; spoil: () => void; want: readonly [number, string] }[] = [
    { name: 'was cut', spoil: () => fs.truncateSync(source, 3000), want: [1, 'is not the beginning of'] },
    { name: 'was rewritten', spoil: () => fs.writeFileSync(source, of(1, 25)), want: [1, 'is not the beginning of'] },
    { name: 'is gone', spoil: () => fs.rmSync(source), want: [4, 'there is no file'] },
    {
      name: 'has a ledger that a daemon opened',
      spoil: () => {
        const ledger = 'daily_undertaking'
        const origin = {
          v: 1,
          kind: 'adopted',
          ledger,
          schema: '@ledgerd/schema-world-events',
          profile: 'original',
        } as const
        writeOrigin(sidecar(), { ...origin, lines: 20, bytes: of(0, 20).length })
      },
      want: [1, 'a daemon has opened'],
    },
    {
      name: 'has a ledger of another family',
      spoil: () => {
        makeFolder(sidecar())
        const schema = { name: '@ledgerd/schema-kernel-runs', version: '0.1.0', digest: `sha256:${'0'.repeat(64)}` }
        fs.writeFileSync(path.join(sidecar(), 'import.json'), JSON.stringify({ schema }))
      },
      want: [1, 'its lines are @ledgerd/schema-kernel-runs'],
    },
  ]
  for (const { name, spoil, want } of refused)
    it(`is refused when the source ${name}`, async () => {
      await follow()
      const before = fs.readFileSync(target)
      spoil()
      const { exitCode, err } = await follow()
      expect([exitCode, err]).toEqual([want[0], expect.stringContaining(want[1])])
      expect(fs.readFileSync(target).equals(before)).toBe(true)
    })

  it('ends when the source is cut or replaced under it', async () => {
    const cut = await follow(() => fs.truncateSync(source, 3000))
    expect([cut.exitCode, cut.err]).toEqual([
      1,
      expect.stringMatching(/was cut to 3000 bytes when \d+ bytes of it had come over|is not the beginning of/),
    ])
    expect(fs.readFileSync(target, 'utf8')).toBe(of(0, 20))
  })

  it('does not follow a ledger into itself', async () => {
    await follow()
    const before = fs.readFileSync(target)
    fs.rmSync(source)
    fs.linkSync(target, source)
    const { exitCode, err } = await follow(() => fs.appendFileSync(source, of(20, 21)))
    expect([exitCode, err]).toEqual([2, expect.stringContaining('is the ledger itself')])
    expect(fs.readFileSync(target, 'utf8')).toBe(`${before.toString()}${of(20, 21)}`)
  })

  it('of an empty file begins with nothing', async () => {
    fs.writeFileSync(source, '')
    const { exitCode } = await follow(() => fs.appendFileSync(source, of(0, 2)))
    expect([exitCode, isSame()]).toEqual([130, true])
  })

  it('is refused while another process holds the ledger', async () => {
    await follow()
    const fd = fs.openSync(target, 'r')
    try {
      expect(tryKernelLock(fd)).toBe(true)
      const { exitCode, err } = await follow()
      expect([exitCode, err]).toEqual([5, expect.stringContaining('is held by')])
    } finally {
      fs.closeSync(fd)
    }
  })

  const flags: readonly (readonly string[])[] = [['--dry-run'], ['--in-place'], ['--drafts']]
  for (const extra of flags)
    it(`does not go with ${extra.join(' ')}`, async () => expect((await follow(undefined, ...extra)).exitCode).toBe(2))
})
