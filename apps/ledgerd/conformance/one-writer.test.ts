// Two daemons on one data folder: the second is refused and told who holds it, also while the first is frozen; after a kill
// the next starts at once. The original Python writer is kept out by the same kernel lock.
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { connect } from '@ledgerd/client'
import { worldEvents } from '@ledgerd/schema-world-events'
import { expect, it } from 'vitest'
import { handInFile } from '../faults/suite-report.ts'
import { DaemonProcess, scratch } from '../test/daemon-process.ts'
import { translation } from '../test/turns.ts'

handInFile('H one writer, real daemons', 2)

it('refuses a second daemon with exit 5 and the name of the holder, running or frozen', {
  timeout: 60_000,
}, async () => {
  const at = scratch()
  const first = await DaemonProcess.start(at.folder, at.socket)
  for (const state of ['running', 'frozen']) {
    if (state === 'frozen') first.child.kill('SIGSTOP')
    const second = DaemonProcess.spawn(at.folder, `${at.socket}2`)
    expect(await second.exited, state).toMatchObject({ code: 5 })
    expect(second.said).toContain('LEDGER_LOCKED')
    expect(second.said).toContain(`process ${first.child.pid}`)
  }
  first.child.kill('SIGCONT')
  await first.kill('SIGKILL')
  const third = await DaemonProcess.start(at.folder, at.socket)
  expect(await third.kill('SIGTERM')).toMatchObject({ code: 0 })
  at.remove()
})

it('holds flock(2) on the ledger file itself', { timeout: 60_000 }, async () => {
  const at = scratch()
  const daemon = await DaemonProcess.start(at.folder, at.socket)
  const world = connect({ ledger: 'worlds/hall', schema: worldEvents, url: `unix:${at.socket}` })
  await world.append('chat.translation', translation('Mira', 1))
  const file = path.join(at.folder, 'worlds/hall.jsonl')
  expect(spawnSync('flock', ['-n', file, 'true']).status).toBe(1)
  await world.close()
  await daemon.kill('SIGTERM')
  expect(spawnSync('flock', ['-n', file, 'true']).status).toBe(0)
  at.remove()
})
