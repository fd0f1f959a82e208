// A data folder copied while it is written, with the script that docs/operating/backup.md shows: every copy is a verifiable
// prefix that holds everything acknowledged before the copy began. BACKUP_COPIES=200 is the long form.
import { execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { connect } from '@ledgerd/client'
import { worldEvents } from '@ledgerd/schema-world-events'
import { expect, it } from 'vitest'
import { DaemonProcess, scratch } from '../test/daemon-process.ts'
import { readPage } from '../test/doc-pages.ts'
import { run } from '../test/memory-io.ts'
import { rounds } from '../test/seeded.ts'
import { translation } from '../test/turns.ts'

const docs = path.join(import.meta.dirname, '../../../docs/operating')
const copies = rounds('BACKUP_COPIES', 2)
const ledgers = ['worlds/hall', 'runs/2026/yard']

interface Copy {
  readonly folder: string
  /** Lines of each ledger with a receipt when the copy began. */
  readonly acknowledged: readonly number[]
}

it(`finds in each of ${copies} copies under load what was acknowledged before`, {
  timeout: 60_000 + copies * 5000,
}, async () => {
  const at = scratch()
  const script = readPage(docs, 'backup', os.tmpdir()).snippets.get('backup.sh') ?? ''
  fs.writeFileSync(`${at.socket}.sh`, script)
  const daemon = await DaemonProcess.start(at.folder, at.socket)
  const acknowledged = ledgers.map(() => 0)
  let isOver = false
  const load = ledgers.map(async (ledger, which) => {
    await using handle = connect({ ledger, schema: worldEvents, url: `unix:${at.socket}`, deadlineMs: 60_000 })
    for (let n = 0; !isOver; n++) {
      const batch = Array.from({ length: 1 + (n % 7) }, (_, k) =>
        handle.append('chat.translation', translation('Mira', n * 10 + k)),
      )
      const receipts = await Promise.all(batch)
      acknowledged[which] = Math.max(acknowledged[which] ?? 0, ...receipts.map(({ seq }) => seq + 1))
    }
  })
  const made: Copy[] = []
  while (made.length < copies) {
    // Each copy is of more than the one before.
    const before = made.at(-1)?.acknowledged ?? [0, 0]
    while (acknowledged.some((count, which) => count <= (before[which] ?? 0)))
      await new Promise((resolve) => setImmediate(resolve))
    const copy = { folder: path.join(path.dirname(at.folder), `copy-${made.length}`), acknowledged: [...acknowledged] }
    await copyFolder(`${at.socket}.sh`, at.folder, copy.folder)
    made.push(copy)
  }
  isOver = true
  await Promise.all(load)
  await daemon.kill('SIGTERM')
  for (const copy of made) await judge(copy, at.folder)
  expect((made.at(-1)?.acknowledged ?? []).every((count) => count > copies)).toBe(true)
  at.remove()
})

/** In a process of its own, while this one goes on appending. */
async function copyFolder(script: string, from: string, to: string): Promise<void> {
  const child = spawn('sh', [script, from, to], { stdio: ['ignore', 'ignore', 'pipe'] })
  const said: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
  const code = await new Promise((resolve) => child.once('close', resolve))
  expect({ code, said: Buffer.concat(said).toString() }).toEqual({ code: 0, said: '' })
}

async function judge({ folder, acknowledged }: Copy, original: string): Promise<void> {
  expect(execFileSync('stat', ['-c', '%a', folder], { encoding: 'utf8' })).toBe('700\n')
  for (const [which, ledger] of ledgers.entries()) {
    const file = path.join(folder, `${ledger}.jsonl`)
    // What a live copy may have caught in the middle of a write is behind the committed end, and goes aside.
    expect((await run(['repair', '--apply', file, '-q'])).exitCode).toBe(0)
    const { out, exitCode } = await run(['verify', file, '--level', 'tree', '--json'])
    expect(exitCode, out).toBe(0)
    const { lines } = JSON.parse(out) as { readonly lines: number }
    expect(lines).toBeGreaterThanOrEqual(acknowledged[which] ?? 0)
    const copied = fs.readFileSync(file)
    expect(
      fs
        .readFileSync(path.join(original, `${ledger}.jsonl`))
        .subarray(0, copied.length)
        .equals(copied),
    ).toBe(true)
  }
}
