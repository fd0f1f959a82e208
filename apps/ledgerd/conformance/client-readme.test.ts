// The snippet about `once` in the client's README against the real daemon, as it stands there: run in three processes at
// once and in a later one, it sends once, and every process says the same.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { connect, once as runOnce } from '@ledgerd/client'
import type { Effect, OnceOutcome } from '@ledgerd/client'
import { workflowRecords } from '@ledgerd/schema-workflow-records'
import { expect, expectTypeOf, it } from 'vitest'
import { DaemonProcess, scratch } from '../test/daemon-process.ts'

const readme = new URL('../../../packages/client/README.md', import.meta.url)
const marked = /<!-- snippet: once\.mjs -->\s+```js\n([^]*?)^```$/m
/** Beside the daemon, whose dependencies are those of the snippet. */
const script = path.join(import.meta.dirname, '../dist', `once-${process.pid}.mjs`)

it('sends once, whatever process asks', async () => {
  const at = scratch()
  const daemon = await DaemonProcess.start(at.folder, at.socket, ['--schema', 'mail/**=workflow-records'])
  try {
    fs.writeFileSync(script, marked.exec(fs.readFileSync(readme, 'utf8'))?.[1] ?? '')
    const said = [...(await Promise.all([run(at.socket), run(at.socket), run(at.socket)])), await run(at.socket)]
    const lines = said.flat()
    expect(lines.filter((line) => line.startsWith('sending'))).toEqual(['sending, attempt 1'])
    const outcomes = lines.filter((line) => !line.startsWith('sending'))
    expect(outcomes).toEqual(Array.from({ length: 4 }, () => outcomes[0]))
    expect(outcomes[0]).toMatch(/^sent \{ messageId: 'm-[0-9a-f]{4}' \} by line 2$/)
  } finally {
    fs.rmSync(script, { force: true })
    await daemon.kill('SIGTERM')
    at.remove()
  }
})

it('takes a handle on workflow records, typed', async () => {
  const jobs = connect({ ledger: 'mail/typed', schema: workflowRecords, url: 'unix:/nowhere' })
  await jobs.close()
  const trace = { correlation_id: 'c-1', workflow_id: 'wf-1' }
  const effect: Effect = { tenantId: 1, operator: 'Email.Send', key: 'k', input: {}, trace }
  const outcome = runOnce(jobs, effect, () => 1)
  expectTypeOf(outcome).toEqualTypeOf<Promise<OnceOutcome<number>>>()
  await expect(outcome).rejects.toMatchObject({ code: 'CLOSED' })
})

/** What one process says. */
async function run(socket: string): Promise<string[]> {
  const env = { ...process.env, LEDGERD_URL: `unix:${socket}` }
  const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const [said] = await Promise.all([child.stdout.toArray() as Promise<Buffer[]>, once(child, 'exit')])
  return Buffer.concat(said).toString().trimEnd().split('\n')
}
