import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findArrowProblems } from './check-arrows.mjs'
import { listImports, repositoryRoot } from './workspace.mjs'

/** @type {string} */
let root

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'arrows-'))
  plant('pnpm-workspace.yaml', 'packages:\n  - packages/*\n  - packages/schemas/*\n  - apps/*\n')
  for (const [dir, name] of [
    ['packages/canonical', '@ledgerd/canonical'],
    ['packages/schema', '@ledgerd/schema'],
    ['packages/verify', '@ledgerd/verify'],
    ['packages/client', '@ledgerd/client'],
    ['packages/schemas/world-events', '@ledgerd/schema-world-events'],
    ['packages/schemas/kernel-runs', '@ledgerd/schema-kernel-runs'],
    ['apps/ledgerd', 'ledgerd'],
  ]) {
    plant(`${dir}/package.json`, JSON.stringify({ name, version: '0.1.0' }))
  }
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

describe('findArrowProblems', () => {
  it('finds nothing in a workspace that keeps the arrows', () => {
    plant('packages/schema/src/a.ts', "import { parse } from '@ledgerd/canonical'\n")
    plant('apps/ledgerd/src/cli/tail.ts', "import { connect } from '@ledgerd/client'\n")
    plant('apps/ledgerd/conformance/a.test.ts', "import { suite } from '@ledgerd/client/conformance/contract'\n")
    expect(findArrowProblems(root)).toEqual([])
  })

  const planted = [
    {
      name: 'a package against its row',
      file: 'packages/verify/src/a.ts',
      text: "import { connect } from '@ledgerd/client'\n",
      want: 'packages/verify/src/a.ts:1: @ledgerd/verify may not import @ledgerd/client',
    },
    {
      name: 'an import over several lines',
      file: 'packages/canonical/src/a.ts',
      text: "// Why.\nimport {\n  a,\n  b,\n} from '@ledgerd/schema'\n",
      want: 'packages/canonical/src/a.ts:2: @ledgerd/canonical may not import @ledgerd/schema',
    },
    {
      name: 'a type-only import',
      file: 'packages/canonical/src/a.ts',
      text: "import type { Draft } from '@ledgerd/schema'\n",
      want: 'packages/canonical/src/a.ts:1: @ledgerd/canonical may not import @ledgerd/schema',
    },
    {
      name: 'a re-export',
      file: 'packages/client/src/index.ts',
      text: "export { verify } from '@ledgerd/verify'\n",
      want: 'packages/client/src/index.ts:1: @ledgerd/client may not import @ledgerd/verify',
    },
    {
      name: 'a dynamic import',
      file: 'packages/client/src/a.ts',
      text: "const app = await import('ledgerd')\n",
      want: 'packages/client/src/a.ts:1: @ledgerd/client may not import ledgerd',
    },
    {
      name: 'one family that reads another',
      file: 'packages/schemas/world-events/src/a.ts',
      text: "import { runs } from '@ledgerd/schema-kernel-runs'\n",
      want: 'packages/schemas/world-events/src/a.ts:1: @ledgerd/schema-world-events may not import @ledgerd/schema-kernel-runs',
    },
    {
      name: 'the client outside cli/',
      file: 'apps/ledgerd/src/engine/a.ts',
      text: "import { connect } from '@ledgerd/client'\n",
      want: 'apps/ledgerd/src/engine/a.ts:1: only apps/ledgerd/src/cli/ may import @ledgerd/client',
    },
    {
      name: 'a path past the door',
      file: 'apps/ledgerd/src/engine/a.ts',
      text: "import { scan } from '@ledgerd/canonical/dist/parse.js'\n",
      want: 'apps/ledgerd/src/engine/a.ts:1: @ledgerd/canonical/dist/parse.js goes past the door of @ledgerd/canonical',
    },
    {
      name: 'a contract suite outside tests',
      file: 'apps/ledgerd/src/cli/a.ts',
      text: "import { suite } from '@ledgerd/client/conformance/contract'\n",
      want: 'apps/ledgerd/src/cli/a.ts:1: @ledgerd/client/conformance/contract goes past the door of @ledgerd/client',
    },
    {
      name: 'a relative path into another package',
      file: 'packages/client/src/a.ts',
      text: "import { scan } from '../../canonical/src/parse.ts'\n",
      want: 'packages/client/src/a.ts:1: reaches out of its package',
    },
    {
      name: 'a test that leaves what tests may use',
      file: 'packages/schema/src/a.test.ts',
      text: "import { connect } from '@ledgerd/client'\n",
      want: 'packages/schema/src/a.test.ts:1: @ledgerd/schema may not import @ledgerd/client',
    },
    {
      name: 'package.json against its row',
      file: 'packages/verify/package.json',
      text: JSON.stringify({ name: '@ledgerd/verify', dependencies: { '@ledgerd/client': 'workspace:^' } }),
      want: 'packages/verify/package.json: @ledgerd/verify may not depend on @ledgerd/client',
    },
    {
      name: 'a foreign dependency of the checker',
      file: 'packages/verify/package.json',
      text: JSON.stringify({ name: '@ledgerd/verify', dependencies: { 'left-pad': '1.0.0' } }),
      want: 'packages/verify/package.json: @ledgerd/verify depends on nothing outside the workspace, but names left-pad',
    },
    {
      name: 'a package without a row',
      file: 'packages/extra/package.json',
      text: JSON.stringify({ name: '@ledgerd/extra' }),
      want: 'packages/extra: @ledgerd/extra has no row in the arrow table (scripts/check-arrows.mjs)',
    },
  ]
  it.each(planted)('names $name', ({ file, text, want }) => {
    plant(file, text)
    expect(findArrowProblems(root)).toEqual([want])
  })
})

describe('listImports', () => {
  it('sees no import in a comment or a string', () => {
    expect(listImports("// import { a } from 'b'\nconst text = \"import 'c'\"\n")).toEqual([])
  })
})

it('sees the imports that this repository really has', () => {
  expect(findArrowProblems(repositoryRoot)).toEqual([])
})

/**
 * @param {string} path
 * @param {string} text
 */
function plant(path, text) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
