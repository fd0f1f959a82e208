// What the users of one packed package would meet: publint's and attw's complaints.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { toolEnvironment } from './workspace.mjs'

/**
 * @param {string} name
 * @param {string} tarball
 * @returns {Promise<string[]>}
 */
export async function findTarballProblems(name, tarball) {
  const bytes = readFileSync(tarball)
  const { messages, pkg } = await publint({
    pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) },
    level: 'warning',
  })
  return [
    ...messages.map((message) => `${name}: ${formatMessage(message, pkg, { color: false }) ?? message.code}`),
    // A program without a door has no types to look at.
    ...(pkg.exports === undefined ? [] : await findTypeProblems(name, tarball)),
  ]
}

/**
 * Packages here are ES modules only, so what CommonJS would meet is left out.
 * @param {string} name
 * @param {string} tarball
 */
async function findTypeProblems(name, tarball) {
  const child = spawn('attw', [tarball, '--profile', 'esm-only', '--no-color', '--no-emoji'], {
    env: toolEnvironment,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)))
  const [code] = await once(child, 'close')
  return code === 0 ? [] : [`${name}: attw\n${said}`]
}
