// The client, the checker and the portable hashes in a real browser against the real daemon: a page appends, follows, runs
// an effect once, verifies every byte, and comes to the digests that Node comes to.
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hashDigests, upcastDigests } from '../test/browser-task.mjs'
import { hasBrowser, Page } from '../test/browser.ts'
import { DaemonProcess, scratch } from '../test/daemon-process.ts'
import { translation } from '../test/turns.ts'

if (!hasBrowser) console.log('NOT RUN: browser.test.ts, for there is no /usr/bin/chromium')

const turns = Array.from({ length: 50 }, (_, n) => translation('Ünï \u{1f3ad}', n))
const verified = { status: 'ok', codes: [], levels: { tree: { state: 'ok' }, schema: { state: 'ok' } } }
const caught = { status: 'corrupt', levels: { tree: { state: 'failed' } } }

describe.skipIf(!hasBrowser)('a page in a browser (needs Chromium)', () => {
  const at = scratch()
  let daemon: DaemonProcess
  let page: Page
  let report: Record<string, unknown>

  beforeAll(async () => {
    page = await Page.serve('browser-page.mjs')
    const args = ['--allow-origin', page.origin, '--schema', 'jobs/**=workflow-records']
    daemon = await DaemonProcess.start(at.folder, at.socket, args)
    const token = fs.readFileSync(path.join(at.folder, '.ledgerd/token'), 'utf8').trim()
    page.open({ url: `ws://127.0.0.1:${daemon.port}`, token, turns })
    report = (await page.report) as Record<string, unknown>
    expect(report['failed']).toBeUndefined()
  }, 60_000)

  afterAll(async () => {
    await page.close()
    await daemon.kill('SIGTERM')
    at.remove()
  })

  it('appends and follows', () => {
    expect(report['world']).toMatchObject({
      receipts: turns.map((_, seq) => ({ ledger: 'worlds/browser', seq, duplicate: false, durable: 'fsync' })),
      again: { seq: 0, duplicate: true },
      followed: turns.map(({ ic_output: spoken }, seq) => ({ seq, type: 'chat.translation', spoken })),
      read: [48, 49],
      refused: 'SCHEMA_INVALID',
      stated: { size: 50 },
    })
  })

  it('runs an effect once', () => {
    const end = { state: 'succeeded', attempt: 1, result: { shown: 1 }, receipt: { seq: 2 } }
    expect(report['jobs']).toMatchObject({ runs: 1, outcomes: [end, end] })
  })

  it.each(['world', 'jobs'])('verifies every byte, and sees one changed bit: %s', (ledger) => {
    const { whole, changed, stated } = report[ledger] as Readonly<Record<string, { readonly root: string }>>
    expect(whole).toMatchObject(verified)
    expect(whole?.root).toBe(stated?.root)
    expect(changed).toMatchObject(caught)
  })

  it('hashes and upcasts as Node does', () => {
    expect(report['hashes']).toEqual(hashDigests())
    expect(report['upcasts']).toEqual(upcastDigests())
  })
})

describe.skipIf(!hasBrowser)('a page whose origin is not listed (needs Chromium)', () => {
  it('is let in by no daemon', async () => {
    const at = scratch()
    const page = await Page.serve('browser-stranger.mjs')
    const daemon = await DaemonProcess.start(at.folder, at.socket)
    try {
      const token = fs.readFileSync(path.join(at.folder, '.ledgerd/token'), 'utf8').trim()
      page.open({ url: `ws://127.0.0.1:${daemon.port}`, token })
      expect(await page.report).toEqual({ code: 'UNREACHABLE' })
      expect(fs.existsSync(path.join(at.folder, 'worlds'))).toBe(false)
    } finally {
      await page.close()
      await daemon.kill('SIGTERM')
      at.remove()
    }
  }, 60_000)
})
