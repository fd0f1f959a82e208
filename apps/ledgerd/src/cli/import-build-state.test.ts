// A build_state.json taken over, and given back: what lines can say comes back, what they cannot is refused or said.
import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { at, codesOf, importInto, put, reportOf, useImportFolder, vectors } from '../../test/import-folder.ts'
import { run } from '../../test/memory-io.ts'

const state = vectors('build-order', 'build_state.3_full.json')

const stateWith = (stage: string): string =>
  `{"orderingLedger": {"schemaVersion": 1, "seeds": {}, "stages": {"stage2:code": ${stage}}}}`
useImportFolder()

describe('build-order', () => {
  it('folds back to the ordering ledger it came from', async () => {
    await importInto('build-order', state, '--as', 'builds/main')
    const { out, exitCode } = await run(['export', '--family', 'build-order', 'builds/main', '--data', at('data')])
    const original = (JSON.parse(fs.readFileSync(state, 'utf8')) as { orderingLedger: unknown }).orderingLedger
    expect([exitCode, JSON.parse(out)]).toEqual([0, original])
  })

  it('goes into a build_state.json, all else in which stays', async () => {
    await importInto('build-order', state, '--as', 'builds/main')
    const target = put('build_state.json', '{"stage": "stage2",  "kept": 1.50}')
    const args = ['export', '--family', 'build-order', 'builds/main', '--data', at('data'), '--into', target]
    expect((await run(args)).err).toContain('orderingLedger written into')
    const text = fs.readFileSync(target, 'utf8')
    expect(text).toMatch(/^\{"stage": "stage2", {2}"kept": 1\.50,"orderingLedger":\{.*\}\}$/)
    expect((await run(args)).err).toContain('nothing changed')
    expect(fs.readFileSync(target, 'utf8')).toBe(text)
  })

  it('that went on gives the new upserts as drafts', async () => {
    await importInto('build-order', state, '--as', 'builds/main')
    const changed = put('later.json', fs.readFileSync(state, 'utf8').replace(/"count": ?(\d+)/, '"count": 424242'))
    const refused = await importInto('build-order', changed, '--as', 'builds/main')
    expect([refused.exitCode, refused.err]).toEqual([
      1,
      expect.stringContaining('--drafts | ledgerd append builds/main'),
    ])
    const { out } = await importInto('build-order', changed, '--as', 'builds/main', '--drafts')
    expect(out.trim().split('\n')).toHaveLength(1)
    expect(JSON.parse(out)).toMatchObject({ type: 'artifact', data: { count: 424242 } })
  })

  it('reports drift in the words of the original', async () => {
    await importInto('build-order', state, '--as', 'builds/main')
    const artifacts = put('now.json', JSON.stringify({ chunk_meta: { hash: `sha1:${'0'.repeat(40)}`, count: 1 } }))
    const args = [
      'export',
      '--family',
      'build-order',
      'builds/main',
      '--data',
      at('data'),
      '--legacy-report',
      artifacts,
    ]
    const { out, exitCode } = await run([...args, '--mode', 'code', '--strict'])
    expect(exitCode).toBe(1)
    expect(out).toContain('ordering ledger mismatch for chunk_meta')
    expect((await run([...args, '--mode', 'code'])).exitCode).toBe(0)
  })

  const bad = [
    { name: 'no JSON', content: '{"orderingLedger": ', want: 'is not read: json-invalid' },
    { name: 'no ordering ledger', content: '{"stage": "stage2"}', want: 'holds no ordering ledger' },
    { name: 'a null one', content: '{"orderingLedger": null}', want: 'holds no ordering ledger: ledger-missing' },
    {
      name: 'an ordering ledger of a newer version',
      content: '{"orderingLedger": {"schemaVersion": 2, "seeds": {}, "stages": {}}}',
      want: 'schema-version-newer',
    },
    {
      name: 'a list of stages',
      content: '{"orderingLedger": {"schemaVersion": 1, "seeds": {}, "stages": []}}',
      want: 'is damaged: shape-invalid at /orderingLedger/stages',
    },
    {
      name: 'a hash that is none',
      content: stateWith('{"artifacts": {"a": {"hash": "sha1:xyz", "rule": null, "count": 1, "mode": null}}}'),
      want: 'is damaged: hash-format',
    },
  ]
  it('of a newer version is looked at all the same', async () => {
    const newer = put('newer.json', '{"orderingLedger": {"schemaVersion": 2, "seeds": {}, "stages": {}}}')
    const { exitCode, out } = await run(['import', '--family', 'build-order', newer, '--dry-run'])
    expect([exitCode, out]).toEqual([0, expect.stringContaining('schema-version-unsupported')])
  })

  it('takes stages that have seeds and no artifacts, and says of an empty one that no line holds it', async () => {
    const seeds = '{"discoveryHash": null, "fileListHash": null, "fileCount": 1, "mode": "code"}'
    const state = put(
      'seeds.json',
      `{"orderingLedger": {"seeds": ${seeds}, "stages": {"a": {"seeds": ${seeds}}, "b": {}}}}`,
    )
    const done = await importInto('build-order', state)
    expect([reportOf(done)['lines'], codesOf(done)]).toEqual([1, ['schema-version-invalid', 'entry-not-recordable']])
  })

  for (const { name, content, want } of bad)
    it(`refuses a build state with ${name}`, async () => {
      const { exitCode, err } = await importInto('build-order', put('bad.json', content))
      expect([exitCode, err]).toEqual([1, expect.stringContaining(want)])
      expect(fs.existsSync(at('data'))).toBe(false)
    })
})
