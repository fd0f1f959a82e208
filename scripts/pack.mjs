// Packs every publishable package as a registry would receive it: workspace ranges resolved, publishConfig applied.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { listPackages, toolEnvironment } from './workspace.mjs'

/**
 * @param {string} root
 * @param {string} into an existing folder
 * @returns {{ name: string, dir: string, tarball: string }[]}
 */
export function packAll(root, into) {
  return listPackages(root)
    .filter(({ manifest }) => manifest.private !== true)
    .map(({ dir, manifest }) => ({ name: manifest.name, dir, tarball: packOne(join(root, dir), into) }))
}

/**
 * @param {string} dir
 * @param {string} into
 */
function packOne(dir, into) {
  const packed = spawnSync('pnpm', ['pack', '--json', '--pack-destination', into], {
    cwd: dir,
    env: toolEnvironment,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (packed.status !== 0) throw new Error(`pnpm pack failed in ${dir}: ${packed.error?.message ?? packed.stderr}`)
  return JSON.parse(packed.stdout).filename
}
