import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: [
      'packages/**/src/**/*.test.ts',
      'apps/**/src/**/*.test.ts',
      '{packages,apps}/*/{conformance,test}/**/*.test.ts',
      'bench/src/**/*.test.ts',
      'scripts/*.test.mjs',
    ],
    testTimeout: 20_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
