// The laboratory, run by `pnpm test:faults`: the suites at full count, some of which are tests of conformance/ that
// count higher here. What measures how long others wait comes last and alone.
import path from 'node:path'
import { defineConfig } from 'vitest/config'

const timed = ['faults/floods.faults.ts', 'conformance/network-{floods,subscribers}.test.ts']
const named = ['attack-way-in', 'follower-cuts', 'hostile-json', 'kill-nine', 'network-chaos', 'once', 'one-writer']

export default defineConfig({
  root: path.join(import.meta.dirname, '..'),
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    testTimeout: 3_600_000,
    hookTimeout: 120_000,
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'suites',
          include: ['faults/**/*.faults.ts', `conformance/{${named.join()}}.test.ts`],
          exclude: timed,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      { extends: true, test: { name: 'timed', include: timed, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
})
