// More bugs planted into commit, recovery and admission, each for a suite that runs the daemon's own code on a disk in memory.
import type { PlantedBug } from './planted-bugs.ts'

const ledgerFile = { file: 'storage/ledger-file.ts' }
const commit = { file: 'commit/file-commit.ts' }
const openStore = { file: 'storage/open-store.ts' }
const errors = { file: 'errors.faults.ts', suite: 'B errors, simulated' }
const damage = { file: 'errors.faults.ts', suite: 'G damage' }
const thefts = { file: 'errors.faults.ts', suite: 'H thefts, in memory' }
const histories = { file: 'model.faults.ts', suite: 'N model histories' }

const trailing = { file: 'crash-commit.faults.ts', suite: 'A crash states, commit' }

const wholeWrite =
  '() =>\n      this.#requireWhole(fs.writeSync(this.appendFd, bytes, 0, bytes.length, null), bytes.length),\n    )\n'

export const plantedOnDisk: readonly PlantedBug[] = [
  {
    name: 'no head record',
    ...damage,
    edits: [
      {
        file: 'storage/head-file.ts',
        find: 'content === undefined ? undefined : newestHead(content)',
        put: 'undefined',
      },
    ],
  },
  {
    name: 'a head record that trails taken at its word',
    ...trailing,
    edits: [
      {
        ...openStore,
        find: 'keepTail(tail, schema, ledger, index.count + 1, isKnown)',
        put: 'keepTail(tail.subarray(0, 0), schema, ledger, index.count + 1, isKnown)',
      },
      { ...openStore, find: 'head?.trails === true && ', put: 'head?.bytes === -1 && ' },
    ],
  },
  {
    name: 'cut at the first bad line',
    ...damage,
    edits: [
      { ...openStore, find: 'attempt(() => assertHead(file, head))', put: 'undefined' },
      { ...openStore, find: 'const end = head?.bytes ?? ', put: 'const end = 0 * ' },
      { file: 'storage/repair.ts', find: ' || redo.offset < committed)', put: ')' },
      { ...openStore, find: 'stop = attempt(() => assertRoot(index, head))', put: 'stop = undefined' },
    ],
  },
  {
    name: 'loop on a short count',
    ...errors,
    edits: [
      {
        ...ledgerFile,
        find: wholeWrite,
        put: '() => {\n      for (let at = 0; at < bytes.length; ) at += fs.writeSync(this.appendFd, bytes, at, bytes.length - at, null)\n    })\n',
      },
    ],
  },
  {
    name: 'rewritten in place after a failed sync',
    ...errors,
    edits: [
      {
        file: 'storage/repair.ts',
        find: '    fs.ftruncateSync(fd, redo.offset)\n',
        put: '    fs.ftruncateSync(fd, redo.offset + bytes.length)\n',
      },
    ],
  },
  {
    name: 'unknown is called absent',
    ...errors,
    edits: [
      {
        file: 'engine/appender.ts',
        find: "stoppedError(this.#parts.ledger, stop, 'unknown')",
        put: "stoppedError(this.#parts.ledger, stop, 'absent')",
      },
    ],
  },
  {
    name: 'no stop after a failure',
    ...errors,
    edits: [
      {
        file: 'engine/appender.ts',
        find: "'unknown'))\n    this.stop(stop)\n",
        put: "'unknown'))\n    this.#pump()\n",
      },
    ],
  },
  {
    name: 'no check after the write',
    ...thefts,
    edits: [
      {
        ...ledgerFile,
        find: '    if (open.size !== this.#size + length)\n',
        put: '    if (open.size < 0)\n',
      },
    ],
  },
  {
    name: 'position instead of append',
    ...thefts,
    edits: [
      { ...ledgerFile, find: 'O_WRONLY | O_APPEND | O_NOFOLLOW', put: 'O_WRONLY | O_NOFOLLOW' },
      { ...ledgerFile, find: 'O_WRONLY | O_APPEND | O_CREAT', put: 'O_WRONLY | O_CREAT' },
      { ...ledgerFile, find: wholeWrite, put: wholeWrite.replace('null', 'this.#size') },
      {
        ...ledgerFile,
        find: 'bytes.length, null, (error, count) =>',
        put: 'bytes.length, this.#size, (error, count) =>',
      },
    ],
  },
  {
    name: 'epoch not raised',
    ...thefts,
    edits: [{ ...openStore, find: '(readHead(sidecar)?.epoch ?? 0) + 1', put: 'readHead(sidecar)?.epoch ?? 1' }],
  },
  {
    name: 'compromise ignored',
    ...thefts,
    edits: [
      {
        file: 'locks/visible-lock.ts',
        find: 'onCompromised: () => this.onLost?.(),',
        put: 'onCompromised: () => undefined,',
      },
    ],
  },
  {
    name: 'no second sync beside a head record that trails',
    ...histories,
    edits: [
      { ...commit, find: "  if (head.secondSync === 'same') file.sync()\n", put: '' },
      { ...commit, find: "  if (head.secondSync === 'same') await file.syncInPool()\n", put: '' },
    ],
  },
  {
    name: 'a head record that trails never synced',
    ...histories,
    edits: [
      {
        file: 'storage/trailing-head.ts',
        find: '    this.#cancel ??= this.#parts.later(quietMs, () => this.#look())\n',
        put: '',
      },
    ],
  },
  {
    name: 'a head record that trails not synced at the end',
    ...histories,
    edits: [
      {
        file: 'storage/trailing-head.ts',
        find: 'if (isWell && this.#parts.head.isTrailing) await this.#parts.head.sync()',
        put: 'if (isWell) return',
      },
    ],
  },
  {
    name: 'a head record that trails in the slot of the last durable one',
    ...histories,
    edits: [{ file: 'storage/head-file.ts', find: '(this.isTrailing ? 2 : 1)', put: '1' }],
  },
  {
    name: 'a head record that does not say that it trails',
    ...histories,
    edits: [
      {
        file: 'storage/head-file.ts',
        find: "if (secondSync !== 'head') return { ...record, trails: true }",
        put: "if (secondSync !== 'head') return record",
      },
    ],
  },
  {
    name: 'a doubt passed over',
    ...histories,
    edits: [{ ...openStore, find: 'if (doubt === undefined) return\n', put: 'if (doubt !== null) return\n' }],
  },
  {
    name: 'same id with other content accepted',
    ...histories,
    edits: [{ file: 'engine/match.ts', find: 'sources.writer.isSameContent(draft, line)', put: 'true' }],
  },
]
