// Audio ledgers in every shape that was left behind: parts with an index, signed records, records over several lines.
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { at, codesOf, importInto, put, reportOf, useImportFolder, vectors } from '../../test/import-folder.ts'

useImportFolder()

describe('audio-jobs', () => {
  const shards = vectors('audio-jobs', 'real_shards')
  const index = 'ledger.index.json'

  function copyShards(): void {
    fs.cpSync(shards, at('shards'), { recursive: true })
  }

  it('in parts become one ledger, open and empty parts included', async () => {
    const done = await importInto('audio-jobs', path.join(shards, index), '--as', 'jobs/J_1')
    expect(reportOf(done)).toMatchObject({ lines: 60, variants: { tool: 60 }, counts: { E: 0 }, action: 'copied' })
    const parts = [0, 1, 2, 3].map((i) => fs.readFileSync(path.join(shards, `ledger.part000${i}.jsonl`)))
    expect(fs.readFileSync(at('data/jobs/J_1.jsonl')).equals(Buffer.concat(parts))).toBe(true)
    expect(reportOf(done)['files']).toHaveLength(7)
  })

  const damage: readonly { name: string; spoil: () => void; want: readonly string[] }[] = [
    { name: 'a part is missing', spoil: () => fs.rmSync(at('shards/ledger.part0001.jsonl')), want: ['part-missing'] },
    {
      name: 'a sealed part was changed',
      spoil: () => fs.appendFileSync(at('shards/ledger.part0000.jsonl'), '{"t": 1}\n'),
      want: ['part-mismatch', 'part-mismatch'],
    },
    {
      name: 'a part lies outside',
      spoil: () =>
        fs.writeFileSync(
          at('shards', index),
          fs.readFileSync(at('shards', index), 'utf8').replace('"ledger.part0001', '"../ledger.part0001'),
        ),
      want: ['part-path'],
    },
    {
      name: 'a link leads outside',
      spoil: () => {
        fs.renameSync(at('shards/ledger.part0001.jsonl'), at('elsewhere.jsonl'))
        fs.symlinkSync(at('elsewhere.jsonl'), at('shards/ledger.part0001.jsonl'))
      },
      want: ['part-path'],
    },
    {
      name: 'an open part ends in the middle of a row',
      spoil: () => fs.appendFileSync(at('shards/ledger.part0005.jsonl'), '{"t": 1'),
      want: ['torn-tail'],
    },
  ]
  for (const { name, spoil, want } of damage)
    it(`say so when ${name}`, async () => {
      copyShards()
      spoil()
      const done = await importInto('audio-jobs', at('shards', index))
      expect([done.exitCode, codesOf(done)]).toEqual([0, want])
    })

  it('are judged under a key that the operator names', async () => {
    const source = vectors('audio-jobs', 'seed_schema_signed.jsonl')
    const key = vectors('audio-jobs', 'ed25519_test_only.pub.hex')
    const good = await importInto('audio-jobs', source, '--dry-run', '--public-key', key)
    expect([good.exitCode, reportOf(good)]).toMatchObject([0, { counts: { E: 0, W: 24, I: 0 } }])
    const other = await importInto('audio-jobs', source, '--dry-run', '--public-key', put('other.hex', 'd7'.repeat(32)))
    expect([other.exitCode, codesOf(other).filter((code) => code === 'sign-invalid').length]).toEqual([1, 72])
    const none = await importInto('audio-jobs', source, '--dry-run', '--public-key', put('none.hex', 'secret'))
    expect([none.exitCode, none.err]).toEqual([2, expect.stringContaining('64 lower-case hex digits')])
  })

  it('are refused when the index is none', async () => {
    const { exitCode, err } = await importInto('audio-jobs', put('x.index.json', '{"name": "x"}'))
    expect([exitCode, err]).toEqual([1, expect.stringContaining('is no index of parts: missing-field')])
  })

  it('printed over several lines are refused, and taken with --pretty without a changed digit', async () => {
    const line = vectors('audio-jobs', 'seed_schema_signed.jsonl')
    const tokens = /"(?:[^"\\]|\\.)*"|[^\s"]/g
    const pretty = fs.readFileSync(line, 'utf8').replaceAll(tokens, (token) => {
      if (token === '{' || token === '[' || token === ',') return `${token}\n   `
      return token === '}' || token === ']' ? `\n${token}` : token
    })
    const source = put('pretty.jsonl', pretty)
    const refused = await importInto('audio-jobs', source)
    expect([refused.exitCode, refused.err]).toEqual([1, expect.stringMatching(/is pretty-printed[\s\S]*--pretty/)])
    expect(fs.existsSync(at('data'))).toBe(false)
    const done = await importInto('audio-jobs', source, '--pretty')
    expect(reportOf(done)).toMatchObject({ lines: 72, variants: { signed: 72 }, counts: { E: 0 } })
    expect(fs.readFileSync(at('data/pretty.jsonl')).equals(fs.readFileSync(line))).toBe(true)
  })
})
