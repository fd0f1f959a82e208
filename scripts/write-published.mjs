// Writes what the package of the daemon publishes about its command line: JSON Schemas and manual pages. The tests beside
// their makers do it when they are told to, and say what is stale when they are not.
import { spawnSync } from 'node:child_process'
import { repositoryRoot, toolEnvironment } from './workspace.mjs'

const makers = ['apps/ledgerd/src/cli-documents/json-schema-files', 'apps/ledgerd/src/cli-manual/manual-page']
const { status } = spawnSync('vitest', ['run', ...makers], {
  cwd: repositoryRoot,
  env: { ...toolEnvironment, UPDATE_PUBLISHED: '1' },
  stdio: 'inherit',
  shell: process.platform === 'win32',
})
process.exitCode = status ?? 1
