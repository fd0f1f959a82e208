// A writer that is killed at any moment leaves a file that is whole, and nothing in the way of the next writer. Runs the
// built package in a child process.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseBuildState } from '../build-state.ts'

const writer = fileURLToPath(new URL('../../conformance/endless-writer.mjs', import.meta.url))
const rounds = 12
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'build-order-kill-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('leaves the file whole', { timeout: 60_000 }, async () => {
  const file = join(folder, 'build_state.json')
  writeFileSync(file, '{"kept":1.0}\n')
  let committed = -1
  for (let round = 0; round < rounds; round++) {
    const child = spawn(process.execPath, [writer, file, String(committed + 1)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const reached = await untilStep(child.stdout, committed + 1, round)
    child.kill('SIGKILL')
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null]
    expect(signal).toBe('SIGKILL')
    const bytes = new Uint8Array(readFileSync(file))
    const { ledger, findings } = parseBuildState(bytes)
    expect(findings).toEqual([])
    const { artifacts = {}, seeds } = ledger?.stages['stage2'] ?? {}
    const counts = new Set(Object.values(artifacts).map(({ count }) => count))
    expect([Object.keys(artifacts).length, counts.size]).toEqual([400, 1])
    const [count = -1] = counts
    expect(seeds?.fileCount).toBe(count)
    expect(count).toBeGreaterThanOrEqual(reached)
    expect(new TextDecoder().decode(bytes)).toMatch(/^\{"kept":1\.0,"orderingLedger":.*\}\n$/)
    committed = count ?? -1
  }
  expect(committed).toBeGreaterThanOrEqual(rounds - 1)
})

/**
 * Waits until the writer has said `wanted`, and then for a few signs of life of its temporary file, more in later rounds:
 * it is made, written to, given its mode, renamed. Gives the last number said.
 */
async function untilStep(stream: NodeJS.ReadableStream, wanted: number, signs: number): Promise<number> {
  const watcher = watch(folder)
  let reached = -1
  let seen = 0
  return await new Promise((resolve) => {
    const settle = (): void => {
      if (reached < wanted || seen < signs) return
      watcher.close()
      resolve(reached)
    }
    watcher.on('change', (_, name) => {
      if (reached >= wanted && String(name).endsWith('.next')) seen++
      settle()
    })
    stream.on('data', (chunk) => {
      reached = Number(String(chunk).trimEnd().split('\n').at(-1))
      settle()
    })
  })
}
