// Builds what the arguments select (turbo's --filter), everything without arguments; quiet unless it fails, because what
// was asked for prints its own answer. Turbo replays results across Node versions unless the version is part of its key.
import { spawnSync } from 'node:child_process'
import { repositoryRoot, toolEnvironment } from './workspace.mjs'

if (process.stderr.isTTY) console.error('Building what has changed …')
const { status, error, stdout, stderr } = spawnSync(
  'turbo',
  ['run', 'build', '--output-logs=errors-only', '--log-order=grouped', ...process.argv.slice(2)],
  {
    cwd: repositoryRoot,
    env: {
      ...toolEnvironment,
      NODE_TAG: process.version,
      TURBO_TELEMETRY_DISABLED: '1',
      TURBO_NO_UPDATE_NOTIFIER: '1',
    },
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  },
)
if (error !== undefined) console.error(`build: turbo did not start (${error.message})`)
if (status !== 0) console.error(`${stdout ?? ''}${stderr ?? ''}`)
process.exitCode = status ?? 1
