import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { lstatSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { exportedLedger, readVector } from '../../conformance/build-desk.ts'
import { emptyOrderingLedger } from '../ordering-ledger.ts'
import type { OrderingLedger } from '../ordering-ledger.ts'
import { mergeSeeds, upsertArtifact } from '../recording.ts'
import { readBuildState, updateOrderingLedger, writeOrderingLedger } from './index.ts'

const full = readVector('build_state.3_full.json')
const hash = (digit: string): string => `sha1:${digit.repeat(40)}`
const entry = { hash: hash('1'), rule: null, count: 1, mode: null }
let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'build-order-'))
  file = join(folder, 'build_state.json')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const addEntry = (ledger: OrderingLedger): OrderingLedger => upsertArtifact(ledger, 'stage4', 'new', entry)

describe('reading', () => {
  it('gives the ledger of a whole build', async () => {
    writeFileSync(file, full)
    expect(await readBuildState(file)).toMatchObject({ ledger: exportedLedger, stage: 'stage2', findings: [] })
  })

  const cases: { name: string; prepare: () => void; bytesMax?: number; want: string }[] = [
    { name: 'a file that is not there', prepare: () => undefined, want: 'io-error' },
    { name: 'a folder', prepare: () => mkdirSync(file), want: 'io-error' },
    { name: 'a file over the cap', prepare: () => writeFileSync(file, full), bytesMax: 100, want: 'file-too-large' },
    { name: 'a file that is no JSON', prepare: () => writeFileSync(file, '{"a":'), want: 'json-invalid' },
    { name: 'a file without a ledger', prepare: () => writeFileSync(file, '{}'), want: 'ledger-missing' },
  ]
  for (const { name, prepare, bytesMax, want } of cases)
    it(`says of ${name}: ${want}`, async () => {
      prepare()
      const { ledger, findings } = await readBuildState(file, bytesMax === undefined ? {} : { bytesMax })
      expect([ledger, findings.map(({ code }) => code)]).toEqual([undefined, [want]])
    })
})

describe('writing', () => {
  it('changes the ledger and no other byte', async () => {
    writeFileSync(file, full)
    const { ledger, isWritten } = await updateOrderingLedger(file, addEntry)
    expect([ledger, isWritten]).toEqual([addEntry(exportedLedger), true])
    const text = new TextDecoder().decode(full)
    const want = text.replace(JSON.stringify(exportedLedger), () => JSON.stringify(addEntry(exportedLedger)))
    expect(readFileSync(file, 'utf8')).toBe(want)
    await writeOrderingLedger(file, exportedLedger)
    expect(new Uint8Array(readFileSync(file))).toEqual(full)
  })

  it('does not touch the file for an upsert that is identical', async () => {
    writeFileSync(file, full)
    const { ino } = statSync(file)
    const seeds = { discoveryHash: null, fileListHash: null, fileCount: 50, mode: 'prose' }
    const { isWritten } = await updateOrderingLedger(file, (ledger) => mergeSeeds(ledger, 'stage1:prose', seeds))
    expect([isWritten, statSync(file).ino]).toEqual([false, ino])
  })

  it('keeps the mode, and a symbolic link', async () => {
    const real = join(folder, 'real.json')
    writeFileSync(real, full)
    chmodSync(real, 0o664)
    symlinkSync(real, file)
    await updateOrderingLedger(file, addEntry)
    expect(lstatSync(file).isSymbolicLink()).toBe(true)
    expect(statSync(real).mode & 0o7777).toBe(0o664)
    expect((await readBuildState(real)).ledger).toEqual(addEntry(exportedLedger))
  })

  it('makes a file only when told to', async () => {
    await expect(updateOrderingLedger(file, addEntry)).rejects.toMatchObject({ code: 'LEDGER_NOT_FOUND' })
    expect(readdirSync(folder)).toEqual([])
    await updateOrderingLedger(file, addEntry, { whenMissing: 'create' })
    expect(readFileSync(file, 'utf8')).toBe(`{"orderingLedger":${JSON.stringify(addEntry(emptyOrderingLedger))}}\n`)
  })

  it('overwrites what a killed writer left under the temporary name', async () => {
    writeFileSync(file, full)
    writeFileSync(`${file}.next`, 'half a fi')
    await updateOrderingLedger(file, addEntry)
    expect(readdirSync(folder).toSorted()).toEqual(['build_state.json', 'build_state.json.lock'])
  })

  it('loses no change of writers side by side', async () => {
    writeFileSync(file, '{}')
    const names = Array.from({ length: 8 }, (_, index) => `a${index}`)
    await Promise.all(
      names.map((name) => updateOrderingLedger(file, (ledger) => upsertArtifact(ledger, 's', name, entry))),
    )
    const { ledger } = await readBuildState(file)
    expect(Object.keys(ledger?.stages['s']?.artifacts ?? {}).toSorted()).toEqual(names)
  })
})

describe('what is refused, with the file as it was', () => {
  const state = (ledger: unknown): string => JSON.stringify({ a: 1, orderingLedger: ledger })
  const badEntry = { ...entry, hash: 'sha1:xyz' }
  const withBad = { schemaVersion: 1, seeds: {}, stages: { s: { artifacts: { bad: badEntry } } } }
  const cases: {
    name: string
    content: string
    change?: (ledger: OrderingLedger) => OrderingLedger
    bytesMax?: number
    want: object
  }[] = [
    { name: 'a newer version', content: state({ schemaVersion: 2 }), want: { rule: 'schema-version-newer' } },
    { name: 'a newer version as text', content: state({ schemaVersion: '2' }), want: { rule: 'schema-version-newer' } },
    { name: 'seeds that are a list', content: state({ schemaVersion: 1, seeds: [] }), want: { rule: 'shape-invalid' } },
    {
      name: 'a stage that is null',
      content: state({ schemaVersion: 1, stages: { s: null } }),
      want: { rule: 'shape-invalid' },
    },
    { name: 'no JSON', content: '{"a":', want: { rule: 'json-invalid' } },
    { name: 'a key twice', content: '{"a":1,"a":2}', want: { rule: 'duplicate-key' } },
    { name: 'a file over the cap', content: '{"a":1}', bytesMax: 6, want: { rule: 'file-too-large' } },
    { name: 'a file that would be over the cap', content: '{"a":1}', bytesMax: 60, want: { rule: 'file-too-large' } },
    {
      name: 'a newer ledger',
      content: '{}',
      change: (ledger) => ({ ...ledger, schemaVersion: 2 }),
      want: { rule: 'schema-version-newer' },
    },
    { name: 'a ledger with a bad hash', content: '{}', change: () => withBad, want: { rule: 'hash-format' } },
    {
      name: 'a ledger that is none',
      content: '{}',
      change: () => ({ schemaVersion: 1, seeds: {}, stages: { 'a:b:c': {} } }),
      want: { rule: 'shape-invalid' },
    },
  ]
  for (const { name, content, change = addEntry, bytesMax, want } of cases)
    it(name, async () => {
      writeFileSync(file, content)
      const options = bytesMax === undefined ? {} : { bytesMax }
      await expect(updateOrderingLedger(file, change, options)).rejects.toMatchObject({
        code: 'INVARIANT_VIOLATED',
        details: want,
      })
      expect(readFileSync(file, 'utf8')).toBe(content)
      expect(existsSync(`${file}.next`)).toBe(false)
    })

  it('but an entry that was bad before is no obstacle', async () => {
    writeFileSync(file, state(withBad))
    await updateOrderingLedger(file, addEntry)
    await updateOrderingLedger(file, (ledger) => upsertArtifact(ledger, 's', 'bad', entry))
    expect((await readBuildState(file)).findings).toEqual([])
  })

  it('what the change throws', async () => {
    writeFileSync(file, '{}')
    const refuse = (): never => {
      throw new Error('no')
    }
    await expect(updateOrderingLedger(file, refuse)).rejects.toThrow('no')
    expect(readFileSync(file, 'utf8')).toBe('{}')
  })

  it('a file that another process writes, after the timeout', async () => {
    writeFileSync(file, '{}')
    const holder = spawn('flock', [`${file}.lock`, 'sh', '-c', 'echo held; read line'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    await once(holder.stdout, 'data')
    for (const lockTimeoutMs of [0, 20])
      await expect(updateOrderingLedger(file, addEntry, { lockTimeoutMs })).rejects.toMatchObject({
        code: 'LEDGER_LOCKED',
        retryable: true,
      })
    expect(readFileSync(file, 'utf8')).toBe('{}')
    holder.stdin.end('\n')
    await once(holder, 'exit')
    expect(await updateOrderingLedger(file, addEntry)).toMatchObject({ isWritten: true })
  })
})
