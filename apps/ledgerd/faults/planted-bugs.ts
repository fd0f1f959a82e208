// Bugs planted into the daemon's own source: small exact edits, applied while the source is loaded. Each must turn its suite
// red; one whose text is no longer there fails the run.

export interface Edit {
  /** Below apps/ledgerd/src. */
  readonly file: string
  /** Stands there exactly once. */
  readonly find: string
  readonly put: string
}

export interface PlantedBug {
  readonly name: string
  /** The file of the suite that must see it, and the suite's name in the table. */
  readonly file: string
  readonly suite: string
  readonly edits: readonly Edit[]
}

const inline = { file: 'commit/file-commit.ts' }
const inlineSync = "  file.sync()\n  if (head.secondSync === 'same') file.sync()\n"
const inlineSteps = `${inlineSync}  head.write(nextHead(group))\n`
const poolSync = "  await file.syncInPool()\n  if (head.secondSync === 'same') await file.syncInPool()\n"
const commitStates = { file: 'crash-commit.faults.ts', suite: 'A crash states, commit' }
const recoveryStates = { file: 'crash-recovery.faults.ts', suite: 'A crash states, recovery' }
const errors = { file: 'errors.faults.ts', suite: 'B errors, simulated' }
const diskFull = { file: 'errors.faults.ts', suite: 'F disk full, simulated' }
const damage = { file: 'errors.faults.ts', suite: 'G damage' }
const thefts = { file: 'errors.faults.ts', suite: 'H thefts, in memory' }

export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'no sync',
    ...commitStates,
    edits: [
      { ...inline, find: inlineSync, put: '' },
      { ...inline, find: poolSync, put: '' },
    ],
  },
  {
    name: 'receipt before sync',
    ...commitStates,
    edits: [
      { ...inline, find: inlineSteps, put: `  setImmediate(() => {\n${inlineSteps}  })\n` },
      { ...inline, find: 'only.bytes.length <= options.inlineBytesMax', put: 'only.bytes.length > 0' },
    ],
  },
  {
    name: 'head record before sync',
    ...commitStates,
    edits: [
      { ...inline, find: inlineSteps, put: '  head.write(nextHead(group))\n  file.sync()\n' },
      {
        ...inline,
        find: `${poolSync}  await head.writeInPool(nextHead(group))\n`,
        put: '  await head.writeInPool(nextHead(group))\n  await file.syncInPool()\n',
      },
    ],
  },
  {
    name: 'publish before commit',
    ...commitStates,
    edits: [
      {
        file: 'engine/held-ledger.ts',
        find: '    return this.#appender?.takeGroup()\n',
        put: '    const group = this.#appender?.takeGroup()\n    if (group !== undefined) this.#parts.publish(group as never)\n    return group\n',
      },
    ],
  },
  {
    name: 'no folder sync',
    ...commitStates,
    edits: [{ file: 'storage/durable.ts', find: '    fs.fsyncSync(fd)\n', put: '' }],
  },
  {
    name: 'cut before setting aside',
    ...recoveryStates,
    edits: [
      {
        file: 'storage/repair.ts',
        find: "  makeFolder(path.join(sidecar, 'aside'))\n",
        put: "  const early = fs.openSync(request.file, 'r+')\n  fs.ftruncateSync(early, offset)\n  fs.closeSync(early)\n  makeFolder(path.join(sidecar, 'aside'))\n",
      },
    ],
  },
  {
    name: 'torn tail not repaired',
    ...recoveryStates,
    edits: [{ file: 'storage/open-store.ts', find: 'file.size > end ? repair(', put: 'file.size < 0 ? repair(' }],
  },
  {
    name: 'retry of a failed sync',
    ...errors,
    edits: [
      {
        file: 'storage/ledger-file.ts',
        find: "    stopping('sync-failed', () => fs.fdatasyncSync(this.appendFd))\n",
        put: "    try {\n      fs.fdatasyncSync(this.appendFd)\n    } catch {\n      stopping('sync-failed', () => fs.fdatasyncSync(this.appendFd))\n    }\n",
      },
    ],
  },
  {
    name: 'kept lines not appended anew',
    ...errors,
    edits: [
      { file: 'storage/repair.ts', find: '    fs.ftruncateSync(fd, redo.offset)\n', put: '' },
      {
        file: 'storage/repair.ts',
        find: 'bytes.length === 0 ? 0 : fs.writeSync(fd, bytes, 0, bytes.length, redo.offset)',
        put: 'bytes.length',
      },
    ],
  },
  {
    name: 'names of a failed start not synced',
    ...errors,
    edits: [{ file: 'storage/open-store.ts', find: '    options.folder.syncNames(ledger)\n', put: '' }],
  },
  {
    name: 'identity forgotten on restart',
    ...errors,
    edits: [
      { file: 'index/scan.ts', find: 'eventId === undefined ? undefined : index.print(eventId)', put: 'undefined' },
    ],
  },
  {
    name: 'short write ignored',
    ...diskFull,
    edits: [
      {
        file: 'storage/ledger-file.ts',
        find: '    if (written === length) return\n',
        put: '    if (written >= 0) return\n',
      },
      {
        file: 'storage/ledger-file.ts',
        find: '    if (open.size !== this.#size + length)\n',
        put: '    if (open.size < 0)\n',
      },
    ],
  },
  {
    name: 'EDQUOT by code',
    ...diskFull,
    edits: [
      { file: 'storage/stop-signal.ts', find: 'isOneOf(error, [ENOSPC, EDQUOT])', put: 'isOneOf(error, [ENOSPC])' },
    ],
  },
  {
    name: 'no comparison with what was committed',
    ...damage,
    edits: [
      { file: 'storage/open-store.ts', find: 'attempt(() => assertHead(file, head))', put: 'undefined' },
      { file: 'storage/open-store.ts', find: 'stop = attempt(() => assertRoot(index, head))', put: 'stop = undefined' },
      { file: 'index/scrub.ts', find: 'return checked.wrong\n', put: 'return undefined\n' },
    ],
  },
  {
    name: 'no check before the write',
    ...thefts,
    edits: [
      { ...inline, find: '  file.assertUntouched()\n  head.assertOwned()\n  file.append(', put: '  file.append(' },
      {
        ...inline,
        find: '  file.assertUntouched()\n  head.assertOwned()\n  await file.appendInPool(',
        put: '  await file.appendInPool(',
      },
    ],
  },
  {
    name: 'epoch not checked',
    ...thefts,
    edits: [
      { ...inline, find: '  head.assertOwned()\n  file.append(', put: '  file.append(' },
      { ...inline, find: '  head.assertOwned()\n  await file.appendInPool(', put: '  await file.appendInPool(' },
    ],
  },
]
