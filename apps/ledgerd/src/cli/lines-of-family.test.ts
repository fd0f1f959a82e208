// What reads a whole ledger to decide something decides nothing of a part: a signal ends it with its own exit code.
import fs from 'node:fs'
import { expect, it } from 'vitest'
import { at, importInto, useImportFolder, vectors } from '../../test/import-folder.ts'
import { run } from '../../test/memory-io.ts'

useImportFolder()

const build = vectors('build-order', 'build_state.3_full.json')
const records = vectors('workflow-records', 'job.jsonl')
const table: readonly { name: string; bring: () => Promise<unknown>; args: () => readonly string[] }[] = [
  {
    name: 'a judgement',
    bring: () => Promise.resolve(),
    args: () => ['accept', vectors('audio-jobs', 'seed_schema_signed.jsonl')],
  },
  {
    name: 'a comparison of builds',
    bring: () => importInto('build-order', build, '--as', 'main'),
    args: () => ['drift', 'main', build, '--data', at('data')],
  },
  {
    name: 'an exported build',
    bring: () => importInto('build-order', build, '--as', 'main'),
    args: () => ['export', '--family', 'build-order', 'main', '--data', at('data')],
  },
  {
    name: 'exported records',
    bring: () => importInto('workflow-records', records, '--as', 'acme'),
    args: () => ['export', '--family', 'workflow-records', 'acme', '--data', at('data'), '--to', at('out')],
  },
]
it.each(table)('$name is none when it is interrupted', async ({ bring, args }) => {
  await bring()
  const whole = await run(args())
  expect([0, 1]).toContain(whole.exitCode)
  fs.rmSync(at('out'), { recursive: true, force: true })
  const { exitCode, out, err } = await run(args(), { interrupted: AbortSignal.abort('SIGTERM') })
  expect({ exitCode, out }).toEqual({ exitCode: 143, out: '' })
  expect(err).toMatch(/^ledgerd: interrupted before the end of \S+\n$/)
  expect(fs.existsSync(at('out')) ? fs.readdirSync(at('out')) : []).toEqual([])
})
