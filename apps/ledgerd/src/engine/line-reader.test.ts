import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { LineIndex } from '../index/line-index.ts'
import { type Extent, readLine } from './line-reader.ts'

const text = Array.from({ length: 200 }, (_, n) => `{"n": ${n}}\n`).join('')
let folder: string
let fd: number

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-lines-'))
  fs.writeFileSync(path.join(folder, 'x.jsonl'), text)
  fd = fs.openSync(path.join(folder, 'x.jsonl'), 'r')
})
afterEach(() => {
  fs.closeSync(fd)
  fs.rmSync(folder, { recursive: true })
})

it('holds of a window no more than the line: a request may ask for thousands at once', async () => {
  const index = new LineIndex({ high: 1, low: 2 })
  for (let end = text.indexOf('\n') + 1; end > 0; end = text.indexOf('\n', end) + 1) index.add(end, undefined)
  const extent: Extent = { ledger: 'x', fd, index, count: 200, bytes: text.length }
  const line = await readLine(extent, 150)
  expect(Buffer.from(line ?? []).toString()).toBe('{"n": 150}')
  expect(line?.buffer.byteLength).toBe(line?.length)
})
