import { describe, expect, it } from 'vitest'
import { findDeadPaths } from './check-doc-paths.mjs'
import { repositoryRoot } from './workspace.mjs'

const cases = [
  { name: 'a link that leads somewhere', text: '[a](ARCHITECTURE.md#rules)', want: [] },
  { name: 'a link to the web', text: '[a](https://example.org/x.md)', want: [] },
  { name: 'a path that exists', text: 'see `packages/schema/src/errors.ts` and `docs/decisions`', want: [] },
  { name: 'a dead link', text: '[a](GONE.md)', want: ['README.md: there is no GONE.md'] },
  { name: 'a dead path', text: 'see `apps/gone/src/x.ts`', want: ['README.md: there is no apps/gone/src/x.ts'] },
]

describe('findDeadPaths', () => {
  it.each(cases)('judges $name', ({ text, want }) => {
    expect(findDeadPaths(repositoryRoot, 'README.md', text)).toEqual(want)
  })
})
