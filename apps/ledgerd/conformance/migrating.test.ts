// The pages of docs/migrating do what they say: every command on them is run as it stands, by bash, with the built command
// line and a real daemon, and prints what the page shows. Then a reader such as the originals had, written here after their
// specifications, takes what was adopted.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isMatch, type Printed, readPage, runPage } from '../test/doc-pages.ts'

const docs = path.join(import.meta.dirname, '../../../docs/migrating')
const hasPython = spawnSync('python3', ['--version']).status === 0
const families = ['audio-jobs', 'build-order', 'kernel-runs', 'workflow-records', 'world-events'] as const
const pageTimeoutMs = 120_000

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-migrating-'))
const pages = families.map((family) => readPage(docs, family, scratch))
const printed = new Map<string, readonly Printed[]>()
beforeAll(async () => {
  await Promise.all(pages.map(async (page) => printed.set(page.name, await runPage(page, pageTimeoutMs))))
}, pageTimeoutMs)
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))

describe.each(pages)('docs/migrating, $name', ({ name: family, steps, others }) => {
  it('has no block that nothing runs', () => {
    expect(others).toEqual([])
    expect(steps.filter(({ command }) => command.includes('ledgerd ')).length).toBeGreaterThan(5)
    expect(fs.readFileSync(path.join(docs, 'README.md'), 'utf8')).toContain(`(${family}.md)`)
  })

  for (const [index, { at, command, want }] of steps.entries()) {
    const isPython = command.startsWith('python3 ')
    const needs = isPython ? ' (needs python3)' : ''
    it.skipIf(isPython && !hasPython)(`${at}: ${command.slice(0, 90)}${needs}`, () => {
      const { lines, status } = printed.get(family)?.[index] ?? { lines: ['the page ended before'], status: 'none' }
      // Commands that are to fail say so with `; echo "exit $?"`.
      expect(status, lines.join('\n')).toBe('0')
      if (!isMatch(lines, want)) expect(lines).toEqual(want)
    })
  }
})

describe.skipIf(!hasPython)('a reader such as the original had takes what was adopted (needs python3)', () => {
  for (const { name, family, ledger, script, want } of originalReaders())
    it(name, () => {
      const file = path.join(scratch, family, ledger)
      const source = path.join(scratch, family)
      const { stdout, stderr, status } = spawnSync('python3', ['-c', script, file, source], { encoding: 'utf8' })
      expect({ status, stderr, stdout: stdout.trim() }).toEqual({ status: 0, stderr: '', stdout: want })
    })
})

describe('what stands for what differs', () => {
  const table: readonly { name: string; lines: readonly string[]; want: readonly string[]; is: boolean }[] = [
    { name: 'nothing for nothing', lines: [], want: [], is: true },
    { name: 'another line', lines: ['a'], want: ['b'], is: false },
    { name: 'a line more', lines: ['a', 'b'], want: ['a'], is: false },
    { name: 'a line less', lines: ['a'], want: ['a', 'b'], is: false },
    { name: 'text in a line', lines: ['seq 8  leaf 1f'], want: ['seq 8  leaf …'], is: true },
    { name: 'text in another line', lines: ['seq 9  leaf 1f'], want: ['seq 8  leaf …'], is: false },
    { name: 'no line', lines: ['a', 'b'], want: ['a', '…', 'b'], is: true },
    { name: 'some lines', lines: ['a', 'x', 'y', 'b'], want: ['a', '…', 'b'], is: true },
    { name: 'lines before another end', lines: ['a', 'x', 'c'], want: ['a', '…', 'b'], is: false },
  ]
  for (const { name, lines, want, is } of table) it(name, () => expect(isMatch(lines, want)).toBe(is))
})

interface OriginalReader {
  readonly name: string
  readonly family: string
  readonly ledger: string
  /** Python; argv[1] is the ledger, argv[2] the folder in which the page ran. */
  readonly script: string
  readonly want: string
}

function originalReaders(): readonly OriginalReader[] {
  return [
    {
      name: 'world-events: every checksum, those of appended lines included, over the text that the original writes',
      family: 'world-events',
      ledger: 'ledgers/worlds/daily_undertaking.jsonl',
      script: `
import hashlib, json, sys
count = 0
for line in open(sys.argv[1], 'rb'):
    event = json.loads(line)
    stored = event.pop('_checksum')
    text = json.dumps(event, ensure_ascii=False, sort_keys=True)
    assert stored == 'sha256:' + hashlib.sha256(text.encode()).hexdigest(), event['event_id']
    assert list(event) == sorted(event) and event['world_id'] == 'daily_undertaking'
    count += 1
print(count)`,
      want: '802',
    },
    {
      name: 'kernel-runs: eight fields in canonical text, run ids once, well-formed hashes',
      family: 'kernel-runs',
      ledger: 'ledgers/kernel/runs.jsonl',
      script: `
import json, re, sys
ids = set()
for line in open(sys.argv[1], 'rb').read().decode().split('\\n')[:-1]:
    entry = json.loads(line)
    assert line == json.dumps(entry, sort_keys=True, separators=(',', ':'), ensure_ascii=False)
    assert set(entry) == set('run_id timestamp intent_sha256 bundle_sha256 result_kind accepted mode policy'.split())
    for name in ('intent_sha256', 'bundle_sha256'):
        assert entry[name] is None or re.fullmatch('sha256:[0-9a-f]{64}', entry[name]), name
    assert entry['mode'] in ('plan-only', 'execute-sandbox')
    ids.add(entry['run_id'])
print(len(ids))`,
      want: '121',
    },
    {
      name: 'audio-jobs: the rows of the parts, in their order',
      family: 'audio-jobs',
      ledger: 'ledgers/jobs/tools.jsonl',
      script: `
import json, os, sys
folder = os.path.join(sys.argv[2], 'packages/schemas/audio-jobs/vectors/real_shards')
index = json.load(open(os.path.join(folder, 'ledger.index.json')))
rows = [json.loads(line) for part in sorted(index['parts'], key=lambda part: part['i'])
        for line in open(os.path.join(folder, os.path.basename(part['path'])), 'rb')]
assert [json.loads(line) for line in open(sys.argv[1], 'rb')] == rows
print(len(rows))`,
      want: '60',
    },
    {
      name: 'build-order: the ordering ledger that was exported is the one that the build state has',
      family: 'build-order',
      ledger: 'orderingLedger.json',
      script: `
import json, os, sys
state = json.load(open(os.path.join(sys.argv[2], 'build_state.json')))
other = json.load(open(os.path.join(sys.argv[2], 'other_state.json')))
ledger = json.load(open(sys.argv[1]))
assert ledger == state['orderingLedger'] == other['orderingLedger']
print(other['stage'], other['kept'], ledger['stages']['stage2:code']['artifacts']['chunk_meta']['count'])`,
      want: 'stage2 1.5 201',
    },
    {
      name: 'workflow-records: each type in its file, and events in their order',
      family: 'workflow-records',
      ledger: 'records/event.jsonl',
      script: `
import json, os, sys
turns = {}
for line in open(sys.argv[1], 'rb'):
    event = json.loads(line)
    assert event['ledger_type'] == 'event'
    workflow = event['trace']['workflow_id']
    turns[workflow] = turns.get(workflow, 0) + 1
    assert event['sequence_no'] == turns[workflow]
folder = os.path.dirname(sys.argv[1])
for name in os.listdir(folder):
    for line in open(os.path.join(folder, name), 'rb'):
        assert json.loads(line)['ledger_type'] == name.replace('.jsonl', '')
print(sum(turns.values()), sorted(os.listdir(folder)).__len__())`,
      want: '44 6',
    },
  ]
}
