// Who may import whom: the table of ARCHITECTURE.md as data, checked against real imports and against package.json.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { listImports, listPackages, listSources, report, repositoryRoot } from './workspace.mjs'

/** @typedef {import('./workspace.mjs').Package} Package */

const family = '@ledgerd/schema-'

/**
 * Package name, and what of this workspace it may import. `schemas/*` stands for every family package.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const arrows = {
  '@ledgerd/canonical': [],
  '@ledgerd/proof': ['@ledgerd/canonical'],
  '@ledgerd/schema': ['@ledgerd/canonical'],
  'schemas/*': ['@ledgerd/canonical', '@ledgerd/schema'],
  '@ledgerd/schema-tools': ['@ledgerd/canonical', '@ledgerd/schema'],
  '@ledgerd/protocol': ['@ledgerd/schema'],
  '@ledgerd/client': ['@ledgerd/schema', '@ledgerd/protocol'],
  '@ledgerd/verify': ['@ledgerd/canonical', '@ledgerd/schema', '@ledgerd/proof'],
  '@ledgerd/replay': ['@ledgerd/canonical', '@ledgerd/schema', '@ledgerd/client'],
  '@ledgerd/testkit': ['@ledgerd/canonical', '@ledgerd/schema', '@ledgerd/protocol'],
  ledgerd: [
    '@ledgerd/canonical',
    '@ledgerd/schema',
    'schemas/*',
    '@ledgerd/schema-tools',
    '@ledgerd/proof',
    '@ledgerd/protocol',
    '@ledgerd/verify',
    '@ledgerd/replay',
    '@ledgerd/client',
  ],
  '@ledgerd/explorer': [
    '@ledgerd/protocol',
    '@ledgerd/client',
    '@ledgerd/verify',
    '@ledgerd/replay',
    '@ledgerd/schema',
  ],
  // Users of the product, run from the checkout: they start the built daemon by its path and import the SDK.
  '@ledgerd/demo': ['@ledgerd/canonical', '@ledgerd/client', '@ledgerd/schema', 'schemas/*', 'ledgerd'],
  '@ledgerd/bench': ['@ledgerd/canonical', '@ledgerd/client', '@ledgerd/schema', 'schemas/*', 'ledgerd'],
}

/** Arrows that hold for a part of a package only: inside `importer`, `imported` is for `folder` alone. */
const narrowArrows = [{ importer: 'ledgerd', imported: '@ledgerd/client', folder: 'apps/ledgerd/src/cli/' }]

/** Second doors, for what must start quickly: without the models and zod, and without what compares and generates. */
const narrowDoors = ['@ledgerd/schema/errors', '@ledgerd/schema-tools/frozen']

/** What tests may import beyond their package's arrows. Families serve as samples; the kit exists for nothing else. */
const testArrows = ['schemas/*', '@ledgerd/testkit', '@ledgerd/canonical']

/** Packages that depend on nothing outside the workspace at run time; peers of the schema packages are zod alone. */
const withoutDependencies = ['@ledgerd/canonical', '@ledgerd/proof', '@ledgerd/verify']

/**
 * Every import that runs against an arrow, as sentences.
 * @param {string} root
 * @returns {string[]}
 */
export function findArrowProblems(root) {
  const packages = listPackages(root)
  const names = new Set(packages.map(({ manifest }) => manifest.name))
  return packages.flatMap((subject) => [
    ...(rulesFor(subject.manifest.name) === undefined
      ? [`${subject.dir}: ${subject.manifest.name} has no row in the arrow table (scripts/check-arrows.mjs)`]
      : []),
    ...manifestProblems(subject, names),
    ...listSources(root, subject.dir).flatMap((file) =>
      fileProblems(subject, file, readFileSync(join(root, file), 'utf8'), names),
    ),
  ])
}

/**
 * @param {Package} subject
 * @param {ReadonlySet<string>} names
 */
function manifestProblems({ dir, manifest }, names) {
  const where = `${dir}/package.json`
  const runtime = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
  const development = Object.keys(manifest.devDependencies ?? {})
  const foreign = Object.keys(manifest.dependencies ?? {}).filter((name) => !names.has(name))
  return [
    ...runtime
      .filter((name) => names.has(name) && !isAllowed(manifest.name, name))
      .map((name) => `${where}: ${manifest.name} may not depend on ${name}`),
    ...development
      .filter((name) => names.has(name) && !isAllowed(manifest.name, name) && !isAllowedInTests(name))
      .map((name) => `${where}: ${manifest.name} may not depend on ${name}, not even in tests`),
    ...(withoutDependencies.includes(manifest.name) ? foreign : []).map(
      (name) => `${where}: ${manifest.name} depends on nothing outside the workspace, but names ${name}`,
    ),
  ]
}

/**
 * @param {Package} subject
 * @param {string} file
 * @param {string} text
 * @param {ReadonlySet<string>} names
 */
function fileProblems({ dir, manifest }, file, text, names) {
  const isTest = file.endsWith('.test.ts') || /\/(conformance|test|faults)\//.test(file)
  return listImports(text).flatMap(({ specifier, line }) => {
    const where = `${file}:${line}`
    if (specifier.startsWith('.'))
      return leavesPackage(dir, file, specifier) ? [`${where}: reaches out of its package`] : []
    const target = workspaceName(specifier, names)
    if (target === undefined || target === manifest.name) return []
    const isContractSuite = isTest && specifier.startsWith(`${target}/conformance/`)
    const isPlatformDoor = specifier === `${target}/node` && manifest.name === 'ledgerd'
    const isNarrowDoor = narrowDoors.includes(specifier)
    if (specifier !== target && !isContractSuite && !isPlatformDoor && !isNarrowDoor)
      return [`${where}: ${specifier} goes past the door of ${target}`]
    const narrow = narrowArrows.find((arrow) => arrow.importer === manifest.name && arrow.imported === target)
    if (narrow !== undefined && !isTest && !file.startsWith(narrow.folder)) {
      return [`${where}: only ${narrow.folder} may import ${target}`]
    }
    if (isAllowed(manifest.name, target) || (isTest && isAllowedInTests(target))) return []
    return [`${where}: ${manifest.name} may not import ${target}`]
  })
}

/** @param {string} name */
function rulesFor(name) {
  return arrows[name] ?? (name.startsWith(family) ? arrows['schemas/*'] : undefined)
}

/**
 * @param {string} importer
 * @param {string} imported
 */
function isAllowed(importer, imported) {
  return rulesFor(importer)?.some((rule) => matches(rule, imported)) ?? false
}

/** @param {string} imported */
function isAllowedInTests(imported) {
  return testArrows.some((rule) => matches(rule, imported))
}

/**
 * @param {string} rule
 * @param {string} name
 */
function matches(rule, name) {
  return rule === 'schemas/*' ? name.startsWith(family) && !(name in arrows) : rule === name
}

/**
 * @param {string} specifier
 * @param {ReadonlySet<string>} names
 */
function workspaceName(specifier, names) {
  const parts = specifier.split('/')
  const name = specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '')
  return names.has(name) ? name : undefined
}

/**
 * @param {string} dir
 * @param {string} file
 * @param {string} specifier
 */
function leavesPackage(dir, file, specifier) {
  const target = join(file, '..', specifier).replaceAll('\\', '/')
  return !target.startsWith(`${dir}/`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) report(findArrowProblems(repositoryRoot))
