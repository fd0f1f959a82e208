import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    testTimeout: 20_000,
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'beside the code',
          include: ['{packages,apps}/**/src/**/*.test.ts', 'bench/src/**/*.test.ts', 'scripts/*.test.mjs'],
          // One process runs file after file: what they import is loaded and warm once, which is most of the work. So they
          // leave nothing behind that is not their own: mocks and the environment are put back, also after a failure.
          isolate: false,
          restoreMocks: true,
          unstubEnvs: true,
        },
      },
      {
        extends: true,
        test: {
          name: 'from outside',
          include: ['{packages,apps}/*/{conformance,test}/**/*.test.ts'],
        },
      },
    ],
  },
})
