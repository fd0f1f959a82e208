// The commands against a daemon on real files: the same answers as on the bare file.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CommandHarness, openCommandHarness } from '../../test/command-harness.ts'
import { run } from '../../test/memory-io.ts'

let daemon: CommandHarness
beforeAll(async () => {
  daemon = await openCommandHarness()
})
afterAll(async () => await daemon[Symbol.asyncDispose]())

describe('append', () => {
  it('prints the receipt of one event, and the same one again for the same key', async () => {
    const args = ['append', 'worlds/one', 'demo.note', '{"text": "hi", "x": 1.0}', '--key', 'a']
    const first = await daemon.run(args)
    expect(first).toMatchObject({ exitCode: 0, err: '' })
    expect(first.out).toMatch(
      /^worlds\/one seq 0 {2}event [0-9a-f]{32} {2}leaf sha256:[0-9a-f]{64} {2}durable fsync\n$/,
    )
    const again = await daemon.run([...args, '--json'])
    expect(JSON.parse(again.out)).toMatchObject({
      kind: 'receipt',
      v: 1,
      ledger: 'worlds/one',
      seq: 0,
      duplicate: true,
    })
  })

  it('keeps numbers as they were typed', async () => {
    expect((await daemon.run(['get', 'worlds/one', '0', '-o', '{data.x}'])).out).toBe('1.0\n')
  })

  it('takes the payload from stdin, on several lines', async () => {
    const stdin = '{\n  "a": 1.50,\n  "b": "ü"\n}\n'
    expect((await daemon.run(['append', 'worlds/one', 'demo.note'], { stdin })).exitCode).toBe(0)
    expect((await daemon.run(['get', 'worlds/one', '1', '-o', '{data}'])).out).toBe('{"a": 1.5, "b": "ü"}\n')
  })

  it('takes a batch, and answers each draft', async () => {
    const stdin = [
      '{"type": "demo.note", "data": {"n": 1}, "key": "b1"}',
      '',
      '{"type": "demo.note", "data": 3, "key": "b2"}',
      '{"type": "demo.note", "data": {"n": 1}, "key": "b1"}',
    ].join('\n')
    const { out, err, exitCode } = await daemon.run(['append', 'worlds/batch', '--batch', '--json'], { stdin })
    const answers = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(answers.map((answer) => answer['kind'])).toEqual(['receipt', 'refusal', 'receipt'])
    expect(answers[2]).toMatchObject({ seq: 0, duplicate: true })
    expect(err).toContain('SCHEMA_INVALID')
    expect(exitCode).toBe(1)
  })

  const table: readonly { name: string; args: readonly string[]; want: number; says: string; stdin?: string }[] = [
    {
      name: 'same key, other content',
      args: ['worlds/one', 'demo.note', '{}', '--key', 'a'],
      want: 1,
      says: 'IDENTITY_CONFLICT',
    },
    {
      name: 'another size',
      args: ['worlds/one', 'demo.note', '{}', '--expect-size', '7'],
      want: 1,
      says: 'EXPECT_FAILED',
    },
    { name: 'no size', args: ['worlds/one', 'demo.note', '{}', '--expect-size', 'x'], want: 2, says: '--expect-size' },
    { name: 'a payload that is no object', args: ['worlds/one', 'demo.note', '[]'], want: 1, says: 'SCHEMA_INVALID' },
    { name: 'NaN', args: ['worlds/one', 'demo.note', '{"x": NaN}'], want: 1, says: 'VALUE_REFUSED' },
    {
      name: 'a repeated key',
      args: ['worlds/one', 'demo.note', '{"x": 1, "x": 2}'],
      want: 1,
      says: 'duplicate-key at /x',
    },
    {
      name: 'a lone surrogate',
      args: ['worlds/one', 'demo.note', '{"x": "\\ud800"}'],
      want: 1,
      says: 'lone-surrogate',
    },
    {
      name: 'a line too long',
      args: ['worlds/one', 'demo.note', `{"x": "${'x'.repeat(70_000)}"}`],
      want: 1,
      says: 'LINE_TOO_LONG',
    },
    { name: 'a ledger id that climbs', args: ['../x', 'demo.note', '{}'], want: 2, says: 'LEDGER_ID_INVALID' },
    { name: 'no type', args: ['worlds/one'], want: 2, says: 'needs its type' },
    {
      name: 'a payload file that is not there',
      args: ['worlds/one', 'demo.note', '@/nonexistent'],
      want: 4,
      says: 'no file',
    },
    { name: 'a batch with a type', args: ['worlds/one', 'demo.note', '--batch'], want: 2, says: '--batch' },
    {
      name: 'a batch line that is not JSON',
      args: ['worlds/one', '--batch'],
      stdin: '{',
      want: 1,
      says: 'draft 1 is not JSON',
    },
  ]
  for (const { name, args, want, says, stdin } of table) {
    it(`refuses ${name}`, async () => {
      const { exitCode, out, err } = await daemon.run(['append', ...args], stdin === undefined ? {} : { stdin })
      expect({ exitCode, out }).toEqual({ exitCode: want, out: '' })
      expect(err).toContain(says)
    })
  }

  it('without a daemon says what to do, and that nothing was sent', async () => {
    const { exitCode, err } = await run(['append', 'worlds/one', 'demo.note', '{}'])
    expect(exitCode).toBe(6)
    expect(err).toMatch(/UNREACHABLE.*\n {2}try: start one: ledgerd serve/)
    expect(err).not.toContain('not known')
  })
})

describe('reading', () => {
  beforeAll(async () => {
    const stdin = Array.from(
      { length: 12 },
      (_, n) => `{"type": "demo.${n % 2 === 0 ? 'even' : 'odd'}", "data": {"n": ${n}}, "key": "n${n}"}`,
    )
    await daemon.run(['append', 'worlds/read', '--batch'], { stdin: stdin.join('\n') })
  })

  const table: readonly (readonly string[])[] = [
    ['cat', '--raw'],
    ['cat', '--from', '3', '--to', '5'],
    ['cat', '--from', '-2'],
    ['cat', '--to', '-10'],
    ['cat', '--type', 'demo.odd', '-o', '{seq} {data.n}'],
    ['cat', '--where', 'data.n > 8', '-o', '{seq}'],
    ['cat', '--where', 'type = demo.even', '--where', 'data.n <= 4', '--raw'],
    ['tail'],
    ['tail', '-n', '1', '--plain'],
    ['verify', '--level', 'schema', '--plain'],
  ]
  for (const [command = '', ...flags] of table) {
    it(`${[command, ...flags].join(' ')} answers as on the file`, async () => {
      const byDaemon = await daemon.run([command, 'worlds/read', ...flags])
      const byFile = await run([command, 'worlds/read', '--data', daemon.root, ...flags])
      expect(byDaemon).toMatchObject({ exitCode: 0, err: '' })
      const sameWords = (text: string): string => text.replace(/every line hashed anew.*/, 'equal')
      expect(sameWords(byDaemon.out)).toBe(sameWords(byFile.out))
      expect(byDaemon.out).not.toBe('')
    })
  }

  it('get --context answers as on the file', async () => {
    const stdin = [0, 1]
      .map((n) => `{"type": "demo.turn", "data": {"n": ${n}}, "link": "${'7'.repeat(64)}"}`)
      .join('\n')
    await daemon.run(['append', 'turns/one', '--batch'], { stdin })
    await daemon.run(['append', 'turns/one', 'demo.x', '{}'])
    const args = ['get', 'turns/one', '1', '--context']
    const byDaemon = await daemon.run(args)
    expect(byDaemon.out.trimEnd().split('\n')).toHaveLength(2)
    expect(byDaemon).toEqual(await run([...args, '--data', daemon.root]))
  })

  it('from an event id', async () => {
    const { out: id } = await daemon.run(['get', 'worlds/read', '10', '-o', '{eventId}'])
    const { out } = await daemon.run(['cat', 'worlds/read', '--from', id.trim(), '-o', '{data.n}'])
    expect(out).toBe('10\n11\n')
    expect((await daemon.run(['get', 'worlds/read', id.trim(), '-o', '{data.n}'])).out).toBe('10\n')
  })

  it('a pattern reads all that match, each line with its ledger', async () => {
    const { out } = await daemon.run(['cat', 'worlds/*', '-o', '{ledger}'])
    expect([...new Set(out.trimEnd().split('\n'))].toSorted()).toEqual(['worlds/batch', 'worlds/one', 'worlds/read'])
  })

  it.each(['odd/lines', 'odd/append', 'odd/lines/7'])('knows a ledger whose id ends as a path does: %s', async (id) => {
    expect((await daemon.run(['append', id, 'demo.even', '{"n": 0}'])).exitCode).toBe(0)
    for (const args of [
      ['stats', id],
      ['get', id, '0', '-o', '{type}'],
      ['verify', id],
      ['cat', id, '-o', '{type}'],
    ])
      expect(await daemon.run(args)).toMatchObject({ exitCode: 0, err: '' })
    expect((await daemon.run(['stats', `${id}/lines`])).exitCode).toBe(4)
  })

  it.each(['cat', 'tail', 'stats'])('%s says that no ledger matches', async (command) => {
    const { exitCode, err, out } = await daemon.run([command, 'none/*'])
    expect({ exitCode, out }).toEqual({ exitCode: 4, out: '' })
    expect(err).toContain('no ledger matches none/*')
  })

  it('tail -f says that it waits', async () => {
    const stop = new AbortController()
    const onErr = (): void => stop.abort('SIGINT')
    const { exitCode, err, out } = await daemon.run(['tail', '-f', 'late/one'], { interrupted: stop.signal, onErr })
    expect({ exitCode, err, out }).toEqual({
      exitCode: 130,
      err: 'ledgerd: there is no ledger late/one yet; waiting for its first line\n',
      out: '',
    })
  })

  it('tail -f goes on with what is appended', async () => {
    const stop = new AbortController()
    let isAppended = false
    const onOut = (text: string): void => {
      if (text === '11\n' && !isAppended) {
        isAppended = true
        void daemon.run(['append', 'worlds/read', 'demo.even', '{"n": 12}'])
      }
      if (text === '11\n12\n') stop.abort('SIGINT')
    }
    const args = ['tail', '-f', 'worlds/read', '-n', '1', '-o', '{data.n}']
    expect(await daemon.run(args, { interrupted: stop.signal, onOut })).toMatchObject({
      exitCode: 130,
      out: '11\n12\n',
    })
  })

  const codes = [
    { args: ['get', 'worlds/none', '0'], want: 4 },
    { args: ['get', 'worlds/read', '99'], want: 4 },
    { args: ['get', 'worlds/read', 'f'.repeat(32)], want: 4 },
    { args: ['cat', 'worlds/none'], want: 4 },
    { args: ['cat', 'worlds/read', '--from', '99'], want: 4 },
    { args: ['cat', 'worlds/*', '--to', '3'], want: 2 },
    { args: ['verify', 'worlds/none'], want: 4 },
    { args: ['verify', 'worlds/*'], want: 0 },
    { args: ['verify', 'worlds/*', '--jobs', '4'], want: 0 },
    { args: ['verify', 'worlds/*', '--jobs', '0'], want: 2 },
    { args: ['verify', 'nowhere/*'], want: 4 },
  ]
  for (const { args, want } of codes) {
    it(`exit code of ${args.join(' ').slice(0, 40)}`, async () => expect((await daemon.run(args)).exitCode).toBe(want))
  }
})

describe('verify beside a daemon at work', () => {
  it('never raises an alarm', async () => {
    const writer = (async () => {
      for (let n = 0; n < 60; n++) {
        const stdin = Array.from({ length: 20 }, (_, at) => `{"type": "demo.x", "data": {"n": ${n * 20 + at}}}`).join(
          '\n',
        )
        await daemon.run(['append', 'worlds/busy', '--batch'], { stdin })
      }
    })()
    await daemon.run(['append', 'worlds/busy', 'demo.x', '{}'])
    for (let round = 0; round < 40; round++) {
      const { exitCode, out } = await run([
        'verify',
        'worlds/busy',
        '--data',
        daemon.root,
        '--level',
        round % 2 === 0 ? 'schema' : 'tail',
      ])
      expect({ exitCode, out }).toMatchObject({ exitCode: 0 })
    }
    await writer
  })

  it('names the line that an editor changed', async () => {
    await daemon.run(['append', 'worlds/edited', '--batch'], {
      stdin: Array.from({ length: 9 }, (_, n) => `{"type": "demo.x", "data": {"n": ${n}}}`).join('\n'),
    })
    // The derived index is written behind the commits; after a close it is whole.
    await daemon.engine.close()
    const { bytes } = await run(['cat', 'worlds/edited', '--data', daemon.root, '--raw'])
    const file = path.join(daemon.root, 'worlds/edited.jsonl')
    writeFileSync(file, bytes.toString().replace('"n": 4', '"n": 5'))
    const { exitCode, out } = await run(['verify', file])
    expect(exitCode).toBe(1)
    expect(out).toMatch(/^line 5 \(seq 4, byte \d+\) {2}error checksum-mismatch/m)
    expect(out).toMatch(/^line 5 \(seq 4, byte \d+\) {2}error line-edited/m)
    expect(out).toContain('trustworthy: lines 1 to 4')
  })
})
