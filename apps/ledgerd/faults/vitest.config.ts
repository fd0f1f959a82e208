// The long form of the laboratory's suites, run by `pnpm test:faults`; the short forms are in conformance/.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: import.meta.dirname,
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: { include: ['*.faults.ts'], testTimeout: 3_600_000, hookTimeout: 120_000, pool: 'forks', maxWorkers: 2 },
})
