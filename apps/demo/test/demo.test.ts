// The README's first command, as built, with the daemon killed in the middle. Needs a build, as `pnpm test` makes one.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const demo = fileURLToPath(new URL('../dist/main.js', import.meta.url))

it('plays to the end, and everything agrees, although the daemon was killed', { timeout: 120_000 }, () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [demo, '--speed', 'max', '--kill'], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
  })
  // First, what says why there are no claims.
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  const claims = stdout.split('\n').filter((line) => /^[✔✘–] /u.test(line))
  expect(claims.filter((line) => line.startsWith('✘'))).toEqual([])
  expect(claims).toHaveLength(11)
  expect(stdout).toContain('the daemon was killed')
})
