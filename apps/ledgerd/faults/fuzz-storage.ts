// Targets of what lies on disk: head records and their two readers, the sealed index, what recovery decides about a tail,
// damaged sidecar files, and the verifier. Whatever lies there, opening ends in a ledger or in a code, twice the same, and
// no committed byte is touched.
import { createHash } from 'node:crypto'
import { worldEvents } from '@ledgerd/schema-world-events'
import { type FolderImage, type FuzzTarget, ledgerBytes, MemoryDisk, memoryRoot } from '@ledgerd/testkit'
import { parseAdoption, parseHead, parseIndexSeal, verifyLedger, verifyTail } from '@ledgerd/verify'
import { IndexFile } from '../src/index/index-file.ts'
import {
  formatHead,
  type HeadRecord,
  headFileBytes,
  newestHead,
  slotBytes,
  slotOffsets,
} from '../src/storage/head-record.ts'
import { keepTail } from '../src/storage/tail.ts'
import { partsOf, promise, promiseSame, texts } from './fuzz-expect.ts'
import { appendTo, draftOf, openMemoryDaemon } from './memory-daemon.ts'
import { mount } from './memory-doors.ts'
import { recoverImage } from './recover-image.ts'

const ledger = 'worlds/hall'
const sidecar = `.ledgerd/ledgers/${ledger}.jsonl`

/** A small ledger as the daemon leaves it: three groups, closed in order. */
async function soundImage(): Promise<FolderImage> {
  const disk = new MemoryDisk(new Map([['.ledgerd', 'folder']]))
  mount.mount(disk)
  const { engine } = openMemoryDaemon()
  for (const n of [1, 2, 3]) await appendTo(engine, ledger, [draftOf(n), draftOf(n + 10)])
  await engine.close()
  return disk.image()
}

const sound = await soundImage()
const soundLines = ledgerBytes(sound, ledger)

function sidecarFile(name: string): Buffer {
  const content = sound.get(`${sidecar}/${name}`)
  if (content === undefined || content === 'folder') throw new Error(`${name} is missing`)
  return content
}

const head: HeadRecord = {
  v: 1,
  epoch: 3,
  n: 7,
  count: 2,
  bytes: 90,
  root: 'a'.repeat(64),
  groupStart: 40,
  groupHash: 'b'.repeat(64),
}

/** A slot whose checksum holds, around any text: what a fuzzer alone would never find. */
function slotOf(text: Uint8Array): Buffer {
  const slot = Buffer.alloc(slotBytes, 0x0a)
  Buffer.concat([text, Buffer.from(` ${createHash('sha256').update(text).digest('hex')}`)]).copy(slot)
  return slot
}

/** Daemon and verifier read the same head record, or both none; what was written is what is read. */
export const headTarget: FuzzTarget = {
  name: 'head-record',
  seeds: [
    Buffer.from(`${JSON.stringify(head)}\u00ff${JSON.stringify({ ...head, n: 8 })}`, 'latin1'),
    Buffer.from(`${JSON.stringify({ ...head, epoch: 4, n: 1 })}\u00ff{}`, 'latin1'),
    Buffer.from(`null\u00ff[]`, 'latin1'),
  ],
  dictionary: ['"epoch":', '"n":', '"bytes":', '"v":1', '"root":"', 'null', '[]', '{}', '\u00ff'],
  covers: (url) => url.endsWith('/head-record.ts'),
  fuzz: (bytes) => {
    const file = Buffer.alloc(headFileBytes)
    for (const [at, part] of partsOf(bytes, 2).entries()) {
      const offset = slotOffsets[at as 0 | 1]
      slotOf(part.subarray(0, slotBytes - 66)).copy(file, offset)
    }
    const ours = newestHead(file)
    const { epoch, n, count, bytes: size, root } = ours ?? {}
    promiseSame(
      parseHead(file),
      ours === undefined ? undefined : { epoch, n, count, bytes: size, root },
      'daemon and verifier read different heads',
    )
    if (ours !== undefined)
      promiseSame(
        newestHead(Buffer.concat([formatHead(ours), Buffer.alloc(headFileBytes - slotBytes)])),
        ours,
        'a head does not survive being written',
      )
    newestHead(bytes)
    parseHead(bytes)
  },
}

const recordBytes = 48

/** A sealed index is believed as a whole or not at all, and never more of it than there are lines. */
export const indexTarget: FuzzTarget = {
  name: 'index-seal',
  seeds: [
    Buffer.concat([sidecarFile('lines.seal'), Buffer.of(0xff), sidecarFile('lines')]),
    Buffer.concat([Buffer.from('{"v":1,"seed":[1,2],"count":0,"recordsHash":"HASH","peaks":[]}'), Buffer.of(0xff)]),
    ...texts('null', '[]', '{"v":1}', ''),
  ],
  dictionary: ['"count":', '"peaks":[', '"seed":[', '"v":1', 'HASH', '""', 'null', '"reader":', '\u00ff'],
  covers: (url) =>
    /\/index\/(index-file|line-index|identity-table|line-record)\.ts$/.test(url) || url.includes('/tree-edge.ts'),
  fuzz: (bytes) => {
    const cut = bytes.indexOf(0xff)
    const records = cut < 0 ? new Uint8Array(0) : bytes.subarray(cut + 1)
    const whole = records.subarray(0, records.length - (records.length % recordBytes))
    const hash = createHash('sha256').update(whole).digest('hex')
    const seal = Buffer.from(bytes.subarray(0, cut < 0 ? bytes.length : cut)).toString('latin1')
    const believed = seal.replace(/"recordsHash": ?"[^"]*"/, `"recordsHash":"${hash}"`)
    mount.mount(
      new MemoryDisk(
        new Map([
          ['lines', Buffer.from(records)],
          ['lines.seal', Buffer.from(believed, 'latin1')],
        ]),
      ),
    )
    const { file, index } = IndexFile.load(memoryRoot, 4, () => ({ high: 7, low: 11 }), 'a reader')
    promise(
      index.count === file.count && index.count <= 4,
      `${index.count} lines are believed, ${file.count} lie there`,
    )
    promiseSame(index.edge.size, index.count, 'the tree has another size')
    index.edge.root()
    file.close()
    parseIndexSeal(Buffer.from(seal, 'latin1'))
  },
}

/** What is kept of a tail is whole lines, would be kept again, and nothing of it changes. */
export const tailTarget: FuzzTarget = {
  name: 'tail',
  seeds: [
    soundLines,
    soundLines.subarray(0, -1),
    soundLines.subarray(0, 700),
    Buffer.alloc(64),
    Buffer.from('\n\n{}\n'),
  ],
  dictionary: ['\n', '\u0000\u0000\u0000\u0000', '{"', '"}'],
  covers: (url) => url.endsWith('/storage/tail.ts') || url.includes('/packages/schemas/world-events/src/checker'),
  fuzz: (bytes) => {
    const known = new Set<string>()
    const kept = keepTail(bytes, worldEvents, ledger, 1, (eventId) => known.has(eventId))
    promise(kept.length <= bytes.length, 'more is kept than there is')
    const line = bytes.subarray(0, kept.length)
    promise(kept.length === 0 || kept.needsLineFeed || line.at(-1) === 0x0a, 'what is kept ends inside a line')
    const mended = kept.needsLineFeed ? Buffer.concat([line, Buffer.from('\n')]) : line
    const again = keepTail(mended, worldEvents, ledger, 1, (eventId) => known.has(eventId))
    promiseSame(
      [again.length, again.lines, again.needsLineFeed],
      [mended.length, kept.lines, false],
      'kept lines are not kept again',
    )
  },
}

/** Any bytes above the committed end: the ledger opens, keeps its committed lines, and is the same when opened again. */
export const recoveryTarget: FuzzTarget = {
  name: 'recovery',
  seeds: [
    Buffer.from('{"torn'),
    Buffer.alloc(40),
    soundLines.subarray(0, 500),
    Buffer.from('\n'),
    Buffer.from(draftOf(9)),
  ],
  dictionary: ['\n', '{"', '\u0000\u0000'],
  covers: (url) => /\/storage\/(tail|repair|open-store|line-end|head-file|ledger-file)\.ts$/.test(url),
  fuzz: async (bytes) => {
    const image = new Map(sound).set(`${ledger}.jsonl`, Buffer.concat([soundLines, bytes]))
    const first = await recoverImage(image)
    promiseSame(first.stops, [], 'it stopped')
    const lines = ledgerBytes(first.durable, ledger)
    promise(lines.subarray(0, soundLines.length).equals(soundLines), 'committed lines changed')
    promise(lines.at(-1) === 0x0a, 'the file ends inside a line')
    const second = await recoverImage(first.durable)
    promise(ledgerBytes(second.durable, ledger).equals(lines), 'a second recovery made another file')
  },
}

const sidecarNames = [
  'head',
  'lines',
  'lines.seal',
  'created.json',
  'adoption.json',
  'redo',
  'holder.json',
  'recovery.jsonl',
  'import.json',
] as const

/** Any bytes in any sidecar file: opening answers with a ledger, or a code, or a stop, and never touches a line. */
export const sidecarTarget: FuzzTarget = {
  name: 'sidecar',
  seeds: sidecarNames.flatMap((name, at) => {
    const content = sound.get(`${sidecar}/${name}`)
    const seeds = [Buffer.from('null'), Buffer.from('{}'), Buffer.from('{"v":1}'), Buffer.from('[')]
    return [...seeds, ...(content instanceof Buffer ? [content] : [])].map((seed) =>
      Buffer.concat([Buffer.of(at), seed]),
    )
  }),
  dictionary: [
    '"v":1',
    '"offset":0',
    '"aside":"x"',
    '"keptLength":0',
    '"schemas":[]',
    '"profile":"original"',
    '"lines":1',
    'null',
  ],
  covers: (url) =>
    /\/storage\/(repair|open-store|origin|head-file|head-record)\.ts$|\/locks\/holder\.ts$|\/engine\/opening\.ts$/.test(
      url,
    ),
  fuzz: async (bytes) => {
    const name = sidecarNames[(bytes[0] ?? 0) % sidecarNames.length] as string
    const image = new Map(sound).set(`${sidecar}/${name}`, Buffer.from(bytes.subarray(1)))
    const { durable, stops } = await recoverImage(image)
    const broken = stops.filter((stop) => !/^worlds\/hall: (?:[a-z-]+$|LedgerError: [A-Z_]+:)/.test(stop))
    promiseSame(broken, [], `${name} made opening fail without a code`)
    promise(ledgerBytes(durable, ledger).equals(soundLines), `${name} changed committed lines`)
  },
}

/** The verifier says the same however the bytes arrive, in a report that can be written down, and never throws. */
export const verifyTarget: FuzzTarget = {
  name: 'verify',
  seeds: [
    soundLines,
    soundLines.subarray(0, 600),
    Buffer.from('\n\n{}\n{"a": 1}\n'),
    Buffer.concat([sidecarFile('head').subarray(0, 512), Buffer.of(0xff), soundLines]),
  ],
  dictionary: ['\n', '{"', '"event_id": ', '\u00ff', '\u0000'],
  covers: (url) => url.includes('/packages/verify/src/'),
  fuzz: async (bytes) => {
    const [before = new Uint8Array(0), after] = bytes.includes(0xff) ? partsOf(bytes, 2) : [new Uint8Array(0), bytes]
    const lines = after ?? new Uint8Array(0)
    const head = parseHead(Buffer.concat([before, Buffer.alloc(slotBytes, 0x0a)]))
    const adoption = parseAdoption(before)
    const options = {
      target: 'x',
      ledger,
      schema: worldEvents,
      ...(adoption === undefined ? {} : { adoption }),
      ...(head === undefined ? {} : { sidecar: { head } }),
      checkpoints: [{ name: 'daemon' as const, lines: 1, bytes: 10, root: 'c'.repeat(64) }],
    }
    const whole = await verifyLedger({ ...options, chunks: chunksOf(lines, lines.length) })
    const pieces = await verifyLedger({ ...options, chunks: chunksOf(lines, 13) })
    promiseSame(JSON.stringify(pieces), JSON.stringify(whole), 'the report depends on chunks')
    JSON.stringify(verifyTail({ target: 'x', ledger, schema: worldEvents, bytes: lines, offset: 0 }))
  },
}

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += Math.max(1, size)) yield bytes.subarray(at, at + Math.max(1, size))
}
