// Looks at each publishable package as its user will get it: publint and attw over the packed tarball, and nothing in it
// that should have stayed at home.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packAll } from './pack.mjs'
import { findTarballProblems } from './package-problems.mjs'
import { spawnSync } from 'node:child_process'
import { readJson, report, repositoryRoot } from './workspace.mjs'

const folder = mkdtempSync(join(tmpdir(), 'ledgerd-pack-'))
try {
  const packed = packAll(repositoryRoot, folder)
  const problems = packed.length === 0 ? ['no publishable package found'] : []
  // One after the other: each needs a compiler's memory.
  for (const one of packed) problems.push(...(await findPackageProblems(one)))
  report(problems)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/**
 * @param {{ name: string, dir: string, tarball: string }} packed
 * @returns {Promise<string[]>}
 */
async function findPackageProblems({ name, dir, tarball }) {
  const manifest = readJson(join(repositoryRoot, dir, 'package.json'))
  const strays = listTarball(tarball).filter((path) => /\.tsbuildinfo$|\.test\.|\/src\/|\/node_modules\//.test(path))
  return [
    ...(await findTarballProblems(name, tarball)),
    ...strays.map((path) => `${name}: the tarball holds ${path}`),
    ...(manifest.engines?.node === '>=20.19' ? [] : [`${name}: engines.node is not ">=20.19"`]),
    ...(manifest.publishConfig?.access === 'public' ? [] : [`${name}: publishConfig.access is not "public"`]),
  ]
}

/** @param {string} tarball */
function listTarball(tarball) {
  const listed = spawnSync('tar', ['-tzf', tarball], { encoding: 'utf8' })
  if (listed.status !== 0) throw new Error(`tar cannot list ${tarball}: ${listed.stderr}`)
  return listed.stdout.trim().split('\n')
}
