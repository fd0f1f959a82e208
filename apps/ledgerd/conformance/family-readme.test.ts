// The snippet of workflow-records' README against the real daemon, as it stands there: run twice, in two processes, it
// records what it records once.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { FamilyDesk } from '../test/family-desk.ts'

const readme = new URL('../../../packages/schemas/workflow-records/README.md', import.meta.url)
/** Beside the daemon, whose dependencies are those of the snippet. */
const script = path.join(import.meta.dirname, '../dist', `mail-${process.pid}.mjs`)

let desk: FamilyDesk
beforeAll(async () => {
  desk = await FamilyDesk.start()
  const [, text = ''] = fs.readFileSync(readme, 'utf8').split('<!-- snippet: mail.mjs -->')
  fs.writeFileSync(script, /^\s+```js\n([^]*?)^```$/m.exec(text)?.[1] ?? '')
})
afterAll(async () => {
  fs.rmSync(script, { force: true })
  await desk.stop()
})

async function run(): Promise<{ readonly code: number; readonly said: readonly string[] }> {
  const env = { ...process.env, LEDGERD_URL: `unix:${desk.socket}` }
  const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, err] = [child.stdout.toArray(), child.stderr.toArray()]
  const [code] = (await once(child, 'exit')) as [number]
  return {
    code,
    said: Buffer.concat([...(await out), ...(await err)] as Buffer[])
      .toString()
      .trimEnd()
      .split('\n'),
  }
}

it('runs, and a second time answers the same without writing a line', async () => {
  const first = await run()
  expect(first).toEqual({
    code: 0,
    said: [
      expect.stringMatching(/^succeeded \{ messageId: 'm-1' \} \d+$/),
      'INVARIANT_VIOLATED draft-over-final',
      'o-2 0.5',
    ],
  })
  const lines = desk.linesOf('flows/mail')
  expect(lines.map((line) => (JSON.parse(line) as { ledger_type: string }).ledger_type)).toEqual([
    ...['job', 'job', 'job', 'outcome', 'event', 'event', 'event', 'outcome', 'event'],
  ])
  expect(await run()).toEqual(first)
  expect(desk.linesOf('flows/mail')).toEqual(lines)
})
