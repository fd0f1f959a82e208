// The snippets of the README run against the built package, in the order in which a reader would run them.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import type { OrderingLedger } from './ordering-ledger.ts'

const packageFolder = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(join(packageFolder, 'README.md'), 'utf8')

/** Only what types add is taken out. Inside the package's folder its own name resolves to what was built. */
function run(name: string, folder: string): string {
  const text =
    new RegExp(`<!-- snippet: ${name} -->\\n+\`\`\`ts\\n([^\`]+(?:\`[^\`]+)*?)\`\`\`\\n`).exec(readme)?.[1] ?? ''
  expect(text).toContain('import ')
  const script = join(packageFolder, 'dist', 'readme', name.replace('.ts', '.mjs'))
  mkdirSync(join(script, '..'), { recursive: true })
  writeFileSync(script, text.replaceAll(' as const', ''))
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { cwd: folder, encoding: 'utf8' })
  rmSync(join(script, '..'), { recursive: true })
  expect([status, stderr]).toEqual([0, ''])
  return stdout
}

it('runs: a build records, a validator finds the drift', () => {
  const folder = mkdtempSync(join(tmpdir(), 'build-order-readme-'))
  try {
    expect(run('build.ts', folder)).toBe('')
    const state = JSON.parse(readFileSync(join(folder, 'build_state.json'), 'utf8')) as {
      orderingLedger: OrderingLedger
    }
    expect(state.orderingLedger.stages['stage1:code']?.seeds?.fileCount).toBe(2)
    expect(Object.keys(state.orderingLedger.stages['stage2:code']?.artifacts ?? {})).toEqual([
      'repo_map',
      'token_vocab',
    ])
    const lines = run('validate.ts', folder).trimEnd().split('\n')
    expect(lines).toEqual([
      'hash-mismatch /stages/stage2:code/artifacts/repo_map/hash',
      expect.stringMatching(
        /^\[code\] ordering ledger mismatch for repo_map \(expected sha1:\w{40}, got sha1:\w{40}\)$/,
      ),
    ])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
