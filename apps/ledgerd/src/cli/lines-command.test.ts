import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { type MemoryIoOptions, run } from '../../test/memory-io.ts'

const world = fileURLToPath(new URL('../../../../vectors/world-events/daily_undertaking.jsonl', import.meta.url))
const bytes = readFileSync(world)
const jobs = fileURLToPath(new URL('../../../../packages/schemas/workflow-records/vectors/job.jsonl', import.meta.url))
const jobId = 'a341738c-837a-4935-bef7-e268ffe976ab'
const lines = bytes.toString().trimEnd().split('\n')
const idOf = (seq: number): string => (JSON.parse(lines[seq] ?? '') as { event_id: string }).event_id
const folder = mkdtempSync(path.join(tmpdir(), 'ledgerd-lines-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('cat', () => {
  it('is byte-exact', async () => {
    expect((await run(['cat', world, '--raw'])).bytes.equals(bytes)).toBe(true)
    expect((await run(['cat', world])).bytes.equals(bytes)).toBe(true)
    expect((await run(['cat', '-', '--raw'], { stdin: bytes })).bytes.equals(bytes)).toBe(true)
  })

  it('fills templates from the record where a family has nothing around its data', async () => {
    const { out } = await run(['cat', jobs, '--to', '1', '-o', '{seq} {type} {data.status} {status}'])
    expect(out).toBe('0 job queued queued\n')
  })

  const last = lines.length
  const table: readonly { name: string; args: readonly string[]; want: readonly number[] }[] = [
    { name: 'from a cursor to another', args: ['--from', '3', '--to', '6'], want: [3, 4, 5] },
    { name: 'from the first', args: ['--from', '0', '--to', '1'], want: [0] },
    { name: 'from the end', args: ['--from', 'end'], want: [] },
    { name: 'the last two', args: ['--from', '-2'], want: [last - 2, last - 1] },
    { name: 'all but the last', args: ['--from', '-3', '--to', '-1'], want: [last - 3, last - 2] },
    { name: 'more than there are', args: ['--from', '-1000000', '--to', '1'], want: [0] },
    { name: 'an event id', args: ['--from', idOf(7), '--to', idOf(9)], want: [7, 8] },
    { name: 'to in front of from', args: ['--from', '6', '--to', '3'], want: [] },
    { name: 'a time before all', args: ['--from', '@2001-01-01T00:00Z', '--to', '2'], want: [0, 1] },
    { name: 'a time behind all', args: ['--from', '@2199-01-01T00:00Z'], want: [] },
  ]
  for (const { name, args, want } of table) {
    it(name, async () => {
      const { out, exitCode } = await run(['cat', world, ...args, '-o', '{seq} {eventId}'])
      expect(exitCode).toBe(0)
      expect(out).toBe(want.map((seq) => `${seq} ${idOf(seq)}\n`).join(''))
    })
  }

  it('reads the files that a pattern names in a data folder, and says when there is none', async () => {
    const data = path.join(folder, 'served')
    for (const ledger of ['inn', 'mill', 'deep/inn']) {
      mkdirSync(path.join(data, path.dirname(ledger)), { recursive: true })
      writeFileSync(path.join(data, `${ledger}.jsonl`), `${lines.slice(0, 2).join('\n')}\n`)
    }
    const args = ['--data', data, '-o', '{ledger} {seq}']
    expect(await run(['cat', '*', ...args])).toMatchObject({ exitCode: 0, out: 'inn 0\ninn 1\nmill 0\nmill 1\n' })
    expect(await run(['tail', '**/inn', '-n', '1', ...args])).toMatchObject({ exitCode: 0, out: 'deep/inn 1\ninn 1\n' })
    const { exitCode, err, out } = await run(['cat', 'none/*', 'mill', ...args])
    expect({ exitCode, out }).toEqual({ exitCode: 4, out: 'mill 0\nmill 1\n' })
    expect(err).toContain('no ledger matches none/*')
  })

  it('filters by type and link, byte for byte', async () => {
    const type = 'chat.translation'
    const wanted = lines.filter((line) => line.includes(`"event_type": "${type}"`))
    expect((await run(['cat', world, '--raw', '--type', type])).out).toBe(`${wanted.join('\n')}\n`)
    const { ipc_hash: link } = JSON.parse(lines.find((line) => !line.includes('"ipc_hash": null')) ?? '') as {
      ipc_hash: string
    }
    const linked = lines.filter((line) => line.includes(`"ipc_hash": "${link}"`))
    expect((await run(['cat', world, '--raw', '--link', link])).out).toBe(`${linked.join('\n')}\n`)
  })

  interface Told {
    readonly seq: number
    readonly data: Readonly<Record<string, unknown>>
  }
  /** Of a translation one, of a resolution two. */
  const namesIn = (data: Told['data']): unknown[] =>
    [data, data['speaker'], data['listener']].map((one) => (one as Told['data'] | undefined)?.['character_name'])
  const events = lines.map((line, seq): Told => ({ ...(JSON.parse(line) as Told), seq }))
  const chosen: readonly { name: string; args: readonly string[]; want: (event: Told) => boolean; said?: RegExp }[] = [
    {
      name: 'by a subject of a kind, saying that a name is only a name',
      args: ['--subject', 'character=Tab\tName'],
      want: ({ data }) => namesIn(data).includes('Tab\tName'),
      said: /matched by name: names may be shared/,
    },
    { name: 'by a subject of another kind', args: ['--subject', 'place=Tab\tName'], want: () => false },
    {
      name: 'by a condition',
      args: ['--where', 'data.status != success'],
      want: ({ data }) => 'status' in data && data['status'] !== 'success',
    },
    {
      name: 'by conditions that must all hold',
      args: ['--where', 'data.status = success', '--where', 'seq >= 100', '--where', 'seq < 200'],
      want: ({ data, seq }) => data['status'] === 'success' && seq >= 100 && seq < 200,
    },
    {
      name: 'by condition, subject and type',
      args: ['--type', 'chat.translation', '--subject', 'Back\\slash', '--where', '!data.ic_output.x'],
      want: ({ data }) => data['character_name'] === 'Back\\slash',
    },
    {
      name: 'by an id, which is a number in the file',
      args: ['--subject', 'character=99'],
      want: ({ data }) => JSON.stringify(data).includes('"character_id":99'),
    },
  ]
  for (const { name, args, want, said } of chosen)
    it(`filters ${name}`, async () => {
      const wanted = events.filter(want).map(({ seq }) => `${seq}\n`)
      const { out, err } = await run(['cat', world, '-o', '{seq}', ...args])
      expect(out).toBe(wanted.join(''))
      if (said !== undefined) expect(err).toMatch(said)
    })

  it('guards: each of these filters but one finds something', () =>
    expect(chosen.map(({ want }) => events.some(want))).toEqual([true, false, true, true, true, true]))

  for (const args of [
    ['--where', 'a b'],
    ['--subject', 'character='],
    ['--where', 'a = "b'],
  ])
    it(`refuses ${args.join(' ')}`, async () => {
      const { exitCode, err } = await run(['cat', world, ...args])
      expect(exitCode).toBe(2)
      expect(err).toContain('--')
    })

  it('--json carries the record as it is spelled', async () => {
    const file = path.join(folder, 'odd.jsonl')
    writeFileSync(file, '{"a": 1.0, "b": 12345678901234567890}\nnot json\n')
    const { out } = await run(['cat', file, '--json'])
    const [first, second] = out.trimEnd().split('\n')
    expect(first).toContain('"record":{"a": 1.0, "b": 12345678901234567890}}')
    expect(JSON.parse(second ?? '')).toMatchObject({
      kind: 'line',
      v: 1,
      seq: 1,
      offset: 38,
      record: null,
      base64: 'bm90IGpzb24=',
    })
  })

  it('says that the last line has no line feed, and prints it', async () => {
    const file = path.join(folder, 'torn.jsonl')
    writeFileSync(file, '{"a": 1}\n{"a"')
    const { out, err } = await run(['cat', file])
    expect(out).toBe('{"a": 1}\n{"a"\n')
    expect(err).toContain('seq 1) has no line feed')
  })

  it('is harmless on a terminal, and exact elsewhere', async () => {
    const file = path.join(folder, 'hostile.jsonl')
    const line = Buffer.from('{"a": "\u009b2J\u202e\x7f"}\n')
    writeFileSync(file, line)
    expect((await run(['cat', file], { isTerminal: true })).out).toBe('{"a": "\\u009b2J\\u202e\\u007f"}\n')
    expect((await run(['cat', file])).bytes.equals(line)).toBe(true)
  })

  const codes: readonly { name: string; args: readonly string[]; want: number; options?: MemoryIoOptions }[] = [
    { name: 'no file', args: [path.join(folder, 'none.jsonl')], want: 4 },
    { name: 'a cursor behind the end', args: [world, '--from', '1000000'], want: 4 },
    { name: 'an event that is not there', args: [world, '--from', 'f'.repeat(32)], want: 4 },
    { name: 'no position', args: [world, '--from', '@yesterday'], want: 2 },
    { name: 'a day that there is not', args: [world, '--from', '@2026-02-31T10:00Z'], want: 2 },
    { name: 'a template that does not close', args: [world, '-o', '{seq'], want: 2 },
    { name: 'two forms', args: [world, '--raw', '--json'], want: 2 },
    { name: 'stdin from its end', args: ['-', '--from', '-1'], want: 2 },
    { name: 'a closed pipe', args: [world], want: 141, options: { writesMax: 1 } },
    { name: 'no daemon', args: ['worlds/a'], want: 6 },
  ]
  for (const { name, args, want, options } of codes) {
    it(`exit code of ${name}`, async () => expect((await run(['cat', ...args], options)).exitCode).toBe(want))
  }
})

describe('tail', () => {
  const table = [
    { args: ['-n', '2'], want: 2 },
    { args: ['-n', '0'], want: 0 },
    { args: [], want: 10 },
  ]
  for (const { args, want } of table) {
    it(args.join(' ') || 'as it is', async () => {
      const { out } = await run(['tail', world, ...args])
      expect(out).toBe(want === 0 ? '' : `${lines.slice(-want).join('\n')}\n`)
    })
  }

  it('names the ledger of each line when there are several', async () => {
    const other = path.join(folder, 'other.jsonl')
    writeFileSync(other, '{"a": 1}\n')
    const { out } = await run(['tail', world, other, '-n', '1'])
    expect(out).toBe(`daily_undertaking ${lines.at(-1)}\nother {"a": 1}\n`)
  })

  it('-f goes on with what is written, over a replaced and a cut file, and says so', async () => {
    const file = path.join(folder, 'growing.jsonl')
    writeFileSync(file, '{"n": 0}\n{"n": 1}\n')
    const stop = new AbortController()
    const steps = new Map<string, () => void>([
      ['{"n": 1}\n', () => appendFileSync(file, '{"n": 2}\n{"n":')],
      ['{"n": 2}\n', () => appendFileSync(file, ' 3}\n')],
      [
        '{"n": 3}\n',
        () => {
          writeFileSync(`${file}.new`, '{"n": 4}\n')
          renameSync(`${file}.new`, file)
        },
      ],
      ['{"n": 4}\n', () => writeFileSync(file, '{}\n')],
      ['{}\n', () => stop.abort('SIGTERM')],
    ])
    const onOut = (text: string): void => {
      for (const [seen, act] of steps) {
        if (!text.endsWith(seen)) continue
        steps.delete(seen)
        act()
      }
    }
    const { out, err, exitCode } = await run(['tail', '-f', file, '-n', '1'], { interrupted: stop.signal, onOut })
    expect(out).toBe('{"n": 1}\n{"n": 2}\n{"n": 3}\n{"n": 4}\n{}\n')
    expect(err).toMatch(/was replaced behind seq 3.*\n.*was cut to 3 bytes behind seq 0/)
    expect(exitCode).toBe(143)
  })
})

describe('a closed pipe', () => {
  it('ends a follow of several files', async () => {
    const other = path.join(folder, 'other-open.jsonl')
    writeFileSync(other, '{"a": 1}\n')
    expect(await run(['tail', '-f', world, other, '-n', '1'], { writesMax: 1 })).toMatchObject({
      exitCode: 141,
      err: '',
    })
  })
})

describe('get --context', () => {
  const linkOf = (seq: number): string | null => (JSON.parse(lines[seq] ?? '') as { ipc_hash: string | null }).ipc_hash
  const seqs = lines.map((_, seq) => seq)
  const sharing = (link: string | null): number[] => seqs.filter((seq) => linkOf(seq) === link)
  const paired = seqs.find((seq) => linkOf(seq) !== null && sharing(linkOf(seq)).length === 2) ?? -1
  const unlinked = seqs.find((seq) => linkOf(seq) === null) ?? -1

  it('prints all events of one turn, in their order', async () => {
    const { out, err, exitCode } = await run(['get', world, idOf(paired), '--context'])
    expect(out).toBe(
      `${sharing(linkOf(paired))
        .map((seq) => lines[seq])
        .join('\n')}\n`,
    )
    expect({ err, exitCode }).toEqual({ err: '', exitCode: 0 })
  })

  it('names a counterpart that was never recorded', async () => {
    const file = path.join(folder, 'half.jsonl')
    writeFileSync(file, `${lines[paired]}\n`)
    const { out, err } = await run(['get', file, '0', '--context', '-o', '{seq}\\n'])
    expect(out).toBe('0\n\n')
    expect(err).toContain('nothing else has the link')
  })

  it('says that an event without a link stands alone', async () => {
    const { out, err } = await run(['get', world, String(unlinked), '--context'])
    expect(out).toBe(`${lines[unlinked]}\n`)
    expect(err).toContain('has no link')
  })

  it('refuses a line that is no event', async () => {
    const file = path.join(folder, 'no-event.jsonl')
    writeFileSync(file, `${lines[paired]}\n[]\n`)
    expect((await run(['get', file, '1', '--context'])).exitCode).toBe(1)
  })
})

describe('get', () => {
  it('by sequence number and by event id', async () => {
    for (const at of ['5', idOf(5)]) expect((await run(['get', world, at])).out).toBe(`${lines[5]}\n`)
  })

  it('by an id as the line spells it, and by the identity it stands for', async () => {
    const [first] = readFileSync(jobs, 'utf8').split('\n')
    for (const at of [jobId, jobId.toUpperCase(), jobId.replaceAll('-', '')])
      expect((await run(['get', jobs, at])).out).toBe(`${first}\n`)
  })

  const table = [
    { name: 'behind the end', args: [world, '1000000'], want: 4 },
    { name: 'just behind the end', args: [world, String(lines.length)], want: 4 },
    { name: 'no such event', args: [world, 'f'.repeat(32)], want: 4 },
    { name: 'a position that is no place', args: [world, 'end'], want: 2 },
    { name: 'a pattern', args: ['worlds/*', '1'], want: 2 },
    { name: 'no daemon', args: ['worlds/a', '1'], want: 6 },
  ]
  for (const { name, args, want } of table) {
    it(`exit code of ${name}`, async () => {
      const { exitCode, err } = await run(['get', ...args])
      expect(exitCode).toBe(want)
      expect(err).toMatch(/^ledgerd: /)
    })
  }
})
