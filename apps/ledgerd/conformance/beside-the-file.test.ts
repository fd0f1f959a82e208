// docs/life-of-a-line.md names everything that a data folder holds beside its ledgers, and nothing else: looked at while a
// daemon serves one that was adopted, imported, written, killed and recovered.
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { DaemonProcess, hookTimeoutMs, scratch } from '../test/daemon-process.ts'
import { ask } from '../test/http-caller.ts'
import { run } from '../test/memory-io.ts'
import { namesUnder } from '../test/names-under.ts'
import { translation } from '../test/turns.ts'

const repository = path.join(import.meta.dirname, '../../..')
const page = fs.readFileSync(path.join(repository, 'docs/life-of-a-line.md'), 'utf8')
const world = path.join(repository, 'vectors/world-events/daily_undertaking.jsonl')
const at = scratch()
const door = { name: 'socket', socket: at.socket }

/** Names in the first column of the table; `…/` stands for the folder of a ledger. */
function namesOfTable(): string[] {
  const rows = page.split('\n').filter((row) => row.startsWith('| `'))
  const names = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  )
  return names.map((name) => name.replace(/^ledgers\/<id>\.jsonl\//, '…/').replace(/\/$/, '')).toSorted()
}

/** What lies below `.ledgerd`, in the words of the table; folders that lead to ledgers, and what is in other folders, left out. */
function namesOnDisk(): string[] {
  const found = namesUnder(path.join(at.folder, '.ledgerd')).flatMap((name) => {
    if (!name.startsWith('ledgers')) return [name.split('/')[0] ?? '']
    const [, inside] = /\.jsonl\/([^/]+)/.exec(name) ?? []
    return inside === undefined ? [] : [`…/${inside}`]
  })
  return [...new Set(found)].toSorted()
}

let daemon: DaemonProcess
async function append(ledger: string): Promise<number> {
  const body = `${JSON.stringify({ type: 'chat.translation', data: translation('Mira', 1) })}\n`
  return (await ask(door, { path: `/v1/ledgers/${ledger}/append`, body })).status
}

beforeAll(async () => {
  fs.mkdirSync(at.folder)
  fs.copyFileSync(world, path.join(at.folder, 'adopted.jsonl'))
  daemon = await DaemonProcess.start(at.folder, at.socket)
  const source = path.join(at.folder, '../source.jsonl')
  fs.copyFileSync(world, source)
  const data = ['--data', at.folder]
  expect(await run(['import', '--family', 'world-events', source, '--as', 'imported', ...data])).toMatchObject({
    exitCode: 0,
  })
  expect(await run(['token', 'create', '--name', 'game', '--allow', 'read', '--ledgers', '**', ...data])).toMatchObject(
    {
      exitCode: 0,
    },
  )
  for (const ledger of ['made', 'adopted', 'imported']) expect(await append(ledger)).toBe(200)
  await daemon.kill('SIGKILL')
  fs.appendFileSync(path.join(at.folder, 'made.jsonl'), '{"torn')
  daemon = await DaemonProcess.start(at.folder, at.socket)
  expect(await append('made')).toBe(200)
}, hookTimeoutMs)
afterAll(async () => {
  await daemon.kill('SIGKILL')
  at.remove()
}, hookTimeoutMs)

it('names everything that lies beside the ledgers; a repair under way alone is not seen here', () => {
  expect(namesOfTable()).toEqual([...namesOnDisk(), '…/redo'].toSorted())
})
