// The snippets of the README run against the built package and say what they claim to.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import type { AudioJobs } from './audio-jobs.ts'

const packageFolder = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(join(packageFolder, 'README.md'), 'utf8')

/** Writes a snippet where the package's own name resolves to what was built. */
async function withSnippet<T>(name: string, use: (script: string) => Promise<T> | T): Promise<T> {
  const [, text = ''] = readme.split(`<!-- snippet: ${name} -->`)
  const code = /^\s+```js\n([^]*?)^```$/m.exec(text)?.[1] ?? ''
  expect(code).toContain('import ')
  mkdirSync(join(packageFolder, 'dist'), { recursive: true })
  const folder = mkdtempSync(join(packageFolder, 'dist', 'readme-'))
  try {
    const script = join(folder, name)
    writeFileSync(script, code)
    return await use(script)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

it('runs: a window is signed, sealed, checked, judged, and its artifacts looked for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'audio-jobs-readme-'))
  try {
    const run = await withSnippet('window.mjs', (script) =>
      spawnSync(process.execPath, [script], { cwd: folder, encoding: 'utf8' }),
    )
    expect([run.status, run.stderr]).toEqual([0, ''])
    expect(run.stdout.trimEnd().split('\n')).toEqual([
      'signed 0',
      "false [ 'fad<= 1.5' ]",
      'artifact-missing /inputs/score_json_sha256',
      'artifact-missing /artifacts/mix_cid',
      '1 2',
    ])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

it('runs: a project decides under its own name', async () => {
  const schema = await withSnippet('audio.mjs', async (script) => {
    const module = (await import(/* @vite-ignore */ pathToFileURL(script).href)) as { readonly default: AudioJobs }
    return module.default
  })
  expect(schema).toMatchObject({ name: '@team/signed-audio', version: '1.0.0', family: 'audio-jobs' })
})
