// Builds what the arguments select (turbo's --filter), everything without arguments. Turbo replays results across Node
// versions unless the version is part of its key, hence NODE_TAG.
import { spawnSync } from 'node:child_process'
import { repositoryRoot } from './workspace.mjs'

const filters = process.argv.slice(2)
const { status, error } = spawnSync(
  'turbo',
  ['run', 'build', '--output-logs=errors-only', '--log-order=grouped', ...filters],
  {
    cwd: repositoryRoot,
    env: { ...process.env, NODE_TAG: process.version, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' },
    // What was asked for prints its own answer on stdout; building is talk.
    stdio: ['ignore', process.stderr.fd, 'inherit'],
    shell: process.platform === 'win32',
  },
)
if (error !== undefined) console.error(`build: turbo did not start (${error.message}); run this through pnpm`)
process.exitCode = status ?? 1
