// What is wrong with a schema package by itself: its models, its package.json, and the copy of zod it finds.
import path from 'node:path'
import type { LedgerSchema } from '@ledgerd/schema'
import { type LintFinding, lintSchema, lockFileName } from '@ledgerd/schema-tools'
import { findPackage, packageAt } from '../storage/package-entry.ts'
import { type Manifest, readManifest } from './schema-manifest.ts'

/** All findings; those of package.json come last. Throws CliError 7 if package.json cannot be read. */
export async function lintPackage(schema: LedgerSchema, place: string): Promise<readonly LintFinding[]> {
  const folder = packageAt(path.resolve(place))?.folder
  if (folder === undefined) return lintSchema(schema)
  const manifest = await readManifest(folder)
  return [...lintSchema(schema), ...duplicateZod(folder), ...manifestFindings(schema, manifest)]
}

/** Two copies in one program do not know each other's models: meanings and field types are lost without a word. */
function duplicateZod(folder: string): readonly LintFinding[] {
  const schema = findPackage('@ledgerd/schema', folder)
  const own = findPackage('zod', folder)
  const theirs = schema === undefined ? undefined : findPackage('zod', schema.folder)
  if (own === undefined || theirs === undefined || own.folder === theirs.folder) return []
  return [
    {
      rule: 'DUPLICATE_ZOD',
      severity: 'error',
      pointer: '/peerDependencies/zod',
      message: `the package loads zod from ${own.folder}, and @ledgerd/schema from ${theirs.folder}`,
      fix: 'make zod a peerDependency "^4.0.0", then: npm dedupe',
    },
  ]
}

function manifestFindings(schema: LedgerSchema, manifest: Manifest): readonly LintFinding[] {
  const { name, version, keywords = [], files, dependencies = {} } = manifest
  // A schema in a folder without a name of its own is not on its way to a registry.
  if (name === undefined) return []
  const misnamed = [
    ...(name === schema.name ? [] : [{ pointer: '/name', here: name, there: schema.name, word: 'name' }]),
    ...(version === schema.version
      ? []
      : [{ pointer: '/version', here: version ?? 'none', there: schema.version, word: 'version' }]),
  ]
  return [
    ...misnamed.map(
      ({ pointer, here, there, word }): LintFinding => ({
        rule: 'PACKAGE_MISNAMED',
        severity: 'error',
        pointer,
        message: `package.json says ${here} and the schema says ${there}`,
        fix: `take the ${word} of the schema from package.json`,
      }),
    ),
    ...(dependencies['zod'] === undefined
      ? []
      : [incomplete('/dependencies/zod', 'zod is bundled as a dependency', 'make it a peerDependency "^4.0.0"')]),
    ...(keywords.includes('ledgerd-schema')
      ? []
      : [incomplete('/keywords', 'nobody finds the package', 'add the keyword "ledgerd-schema"')]),
    ...(files === undefined || files.includes(lockFileName)
      ? []
      : [incomplete('/files', `the tarball holds no ${lockFileName}`, `add "${lockFileName}"`)]),
  ]
}

function incomplete(pointer: string, message: string, fix: string): LintFinding {
  return { rule: 'PACKAGE_INCOMPLETE', severity: 'warning', pointer, message, fix }
}
