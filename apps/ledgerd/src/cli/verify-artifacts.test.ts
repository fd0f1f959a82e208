// The level `artifacts` from the command line: what lines refer to, looked up in a folder, for every family whose schema
// declares such places.
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { at, put, useImportFolder, vectors } from '../../test/import-folder.ts'
import { run } from '../../test/memory-io.ts'

const signed = fs.readFileSync(vectors('audio-jobs', 'seed_schema_signed.jsonl'), 'utf8').split('\n')[0] ?? ''
const references = [...signed.matchAll(/"(sha256:[0-9a-f]{64}|cid:[^"]+)"/g)].map(([, text = '']) => text)
const digest = (text: string): string => createHash('sha256').update(text).digest('hex')
useImportFolder()

const run1 = (intent: string): string =>
  `{"accepted":true,"bundle_sha256":null,"intent_sha256":"${intent}","mode":"record","policy":"default","result_kind":"CLARIFY","run_id":"r1","timestamp":"2026-03-01T10:00:00.000Z"}\n`

/** A store with this in it. */
function store(files: Readonly<Record<string, string>>): string {
  fs.mkdirSync(at('store'), { recursive: true })
  for (const [name, text] of Object.entries(files)) put(`store/${name}`, text)
  return at('store')
}

describe('verify --artifacts', () => {
  const intent = digest('what was wanted')
  const right = `sha256:${intent}`
  const table: readonly {
    name: string
    files: Record<string, string>
    args?: string[]
    want: number
    state: string
  }[] = [
    { name: 'right bytes', files: { [`sha256/${intent}`]: 'what was wanted' }, want: 0, state: 'ok' },
    { name: 'the digest alone as a name', files: { [intent]: 'what was wanted' }, want: 0, state: 'ok' },
    { name: 'other bytes', files: { [intent]: 'something else' }, want: 1, state: 'failed' },
    { name: 'no file', files: {}, want: 1, state: 'failed' },
    {
      name: 'all right up to a level that this version does not have',
      files: { [intent]: 'what was wanted' },
      args: ['--level', 'artifacts'],
      want: 3,
      state: 'ok',
    },
  ]
  for (const { name, files, args = [], want, state } of table)
    it(name, async () => {
      const file = put('runs.jsonl', run1(right))
      const { exitCode, out } = await run(['verify', file, '--artifacts', store(files), '--json', ...args])
      const report = JSON.parse(out) as { readonly levels: Record<string, { readonly state: string }> }
      expect([exitCode, report.levels['artifacts']?.state, report.levels['lines']?.state]).toEqual([want, state, 'ok'])
      expect(report).toMatchObject({ trustworthyLines: 1 })
    })

  it('names line, path, expected and found hash', async () => {
    const file = put('runs.jsonl', run1(right))
    const { out } = await run(['verify', file, '--artifacts', store({ [intent]: 'something else' })])
    expect(out).toContain('artifacts  FAILED       of 1 references 1 with other bytes')
    expect(out).toContain(
      [
        'line 1 (seq 0, byte 0)  error artifact-mismatch  /intent_sha256: The file under this reference has other bytes.',
        `    expected ${right}`,
        `    found    sha256:${digest('something else')}`,
      ].join('\n'),
    )
  })

  it('counts what is right, only named, changed and gone, of every reference of a record', async () => {
    const [first = '', second = ''] = references.filter((one) => one.startsWith('sha256:'))
    const cid = references.find((one) => one.startsWith('cid:'))?.slice(4) ?? ''
    const files = { [`sha256/${first.slice(7)}`]: 'x', [second.slice(7)]: 'y', [`cid/${cid}`]: 'z' }
    const file = put('jobs.jsonl', `${signed}\n`)
    const { exitCode, out } = await run(['verify', file, '--artifacts', store(files)])
    expect(exitCode).toBe(1)
    expect(out).toMatch(
      /artifacts {2}FAILED {7}of 13 references 1 present by name only, 2 with other bytes, 10 missing\n/,
    )
  })

  it('a file that cannot be read is not checked, and not missing', async () => {
    const file = put('runs.jsonl', run1(right))
    const folder = store({ [intent]: '' })
    fs.rmSync(`${folder}/${intent}`)
    fs.symlinkSync(intent, `${folder}/${intent}`)
    const { exitCode, out } = await run(['verify', file, '--artifacts', folder, '--level', 'artifacts'])
    expect([exitCode, out]).toEqual([3, expect.stringContaining('NOT CHECKED  of 1 references 1 not readable')])
    expect(out).toContain('artifact-unreadable')
  })

  it('without a store says which flag names one, and of a family without references that it has none', async () => {
    const file = put('runs.jsonl', run1(right))
    expect(await run(['verify', file, '--level', 'artifacts'])).toMatchObject({
      exitCode: 3,
      out: expect.stringContaining('artifacts  NOT CHECKED  no content store was named: --artifacts FOLDER names one'),
    })
    const world = put('w.jsonl', '')
    expect((await run(['verify', world, '--artifacts', store({})])).out).toContain('declares no artifacts')
  })

  const refused: readonly { name: string; args: () => string[]; want: number }[] = [
    { name: 'a folder that is not there', args: () => ['--artifacts', at('none')], want: 4 },
    { name: 'a file for a folder', args: () => ['--artifacts', at('runs.jsonl')], want: 2 },
    { name: 'the last line alone', args: () => ['--artifacts', store({}), '--level', 'tail'], want: 2 },
  ]
  for (const { name, args, want } of refused)
    it(`refuses ${name}`, async () => {
      const file = put('runs.jsonl', run1(right))
      expect(await run(['verify', file, ...args()])).toMatchObject({ exitCode: want, out: '' })
    })
})
