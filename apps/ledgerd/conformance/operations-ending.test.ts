// How a daemon ends that cannot close everything: with an exit code and a line in its log, never by staying.
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { DaemonProcess, scratch } from '../test/daemon-process.ts'
import { ask } from '../test/http-caller.ts'
import { translation } from '../test/turns.ts'

const at = scratch()
const refusingClose = path.join(import.meta.dirname, '../test/refusing-close.cjs')
afterAll(() => at.remove())

const append = (ledger: string, n: number): Promise<{ status: number }> =>
  ask(
    { name: 'socket', socket: at.socket },
    {
      path: `/v1/ledgers/${ledger}/append`,
      body: `${JSON.stringify({ type: 'chat.translation', data: translation('Mira', n) })}\n`,
    },
  )

it('ends with 7 and says what a disk refused when it was to be closed', async () => {
  const daemon = await DaemonProcess.start(at.folder, at.socket, [], { NODE_OPTIONS: `--require ${refusingClose}` })
  for (const ledger of ['a', 'b']) expect((await append(ledger, 1)).status).toBe(200)
  expect(await daemon.kill('SIGTERM')).toEqual({ code: 7, signal: null })
  const lines = daemon.log
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { level: string; msg: string })
  expect(lines.filter(({ level }) => level === 'error')).toEqual([
    expect.objectContaining({
      msg: 'stopped, but not everything could be closed',
      reason: expect.stringMatching(/EIO/),
    }),
  ])
  // What is closed behind the first refusal is closed all the same.
  expect(lines.filter(({ msg }) => msg.includes('could not be closed cleanly'))).toHaveLength(2)
  const again = await DaemonProcess.start(at.folder, at.socket)
  expect((await append('a', 2)).status).toBe(200)
  expect(await again.kill('SIGTERM')).toEqual({ code: 0, signal: null })
})
