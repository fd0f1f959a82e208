import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { stampRanges, stampVersion } from './version-packages.mjs'
import { listPackages, repositoryRoot } from './workspace.mjs'

describe('the version that a family declares', () => {
  const cases = [
    { name: 'is replaced', text: "{\n    version: '0.1.0',\n}", want: "{\n    version: '0.2.0',\n}" },
    {
      name: 'is replaced in a line',
      text: "const own = { name: 'a', version: '0.1.0' }",
      want: "const own = { name: 'a', version: '0.2.0' }",
    },
    { name: 'is not that of something else', text: "{\n    version: '0.1.01',\n}", want: undefined },
    { name: 'takes a point for a point', text: "{\n    version: '0x1.0',\n}", want: undefined },
    { name: 'is not an event version', text: '{ version: 1 }', want: undefined },
  ]
  for (const { name, text, want } of cases) it(name, () => expect(stampVersion(text, '0.1.0', '0.2.0')).toBe(want))

  it('stands in one place', () =>
    expect(() => stampVersion("  version: '1.0.0',\n  version: '1.0.0',\n", '1.0.0', '2.0.0')).toThrow(
      'several places',
    ))
})

it('gives examples the ranges of a release, and leaves others alone', () =>
  expect(
    stampRanges('{"@ledgerd/schema": "^0.1.0", "ledgerd": "^0.1.0", "zod": "^4.0.0", "name": "ledgerd"}', '0.2.0'),
  ).toBe('{"@ledgerd/schema": "^0.2.0", "ledgerd": "^0.2.0", "zod": "^4.0.0", "name": "ledgerd"}'))

// A formatter that takes them for pages makes headings of their first lines, and the release would fail.
it('understands every changeset, and knows the packages it names', async () => {
  const cli = createRequire(import.meta.url).resolve('@changesets/cli/package.json')
  const { default: readChangesets } = createRequire(cli)('@changesets/read')
  /** @type {{ id: string, releases: { name: string }[] }[]} */
  const changesets = await readChangesets(repositoryRoot)
  const names = listPackages(repositoryRoot).map(({ manifest }) => manifest.name)
  const files = readdirSync(join(repositoryRoot, '.changeset')).filter((file) => /^(?!README).*\.md$/.test(file))
  expect(changesets.map(({ id }) => `${id}.md`).toSorted()).toEqual(files.toSorted())
  for (const { id, releases } of changesets) {
    expect(releases.length, id).toBeGreaterThan(0)
    expect(names, id).toEqual(expect.arrayContaining(releases.map(({ name }) => name)))
  }
})
