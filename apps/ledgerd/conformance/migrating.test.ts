// The pages of docs/migrating do what they say: every command on them is run as it stands, by bash, with the built command
// line and a real daemon, and prints what the page shows. Then a reader such as the originals had, written here after their
// specifications, takes what was adopted. On the pages `…` stands for anything: in a line for any text, alone for any lines.
import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = path.join(import.meta.dirname, '../../..')
const docs = path.join(root, 'docs/migrating')
const entry = path.join(root, 'apps/ledgerd/bin/ledgerd.cjs')
const hasPython = spawnSync('python3', ['--version']).status === 0
const families = ['audio-jobs', 'build-order', 'kernel-runs', 'workflow-records', 'world-events'] as const
const pageTimeoutMs = 120_000

interface Step {
  readonly at: string
  readonly command: string
  readonly want: readonly string[]
}

interface Page {
  readonly family: string
  readonly folder: string
  readonly steps: readonly Step[]
  /** Files that the page shows in full, by name. */
  readonly snippets: ReadonlyMap<string, string>
  /** Fenced blocks that are neither; nothing would run them. */
  readonly others: readonly string[]
}

/** What one command printed on stdout and stderr, and how it ended. */
interface Printed {
  readonly lines: readonly string[]
  readonly status: string
}

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-migrating-'))
const pages = families.map(readPage)
const printed = new Map<string, readonly Printed[]>()
beforeAll(async () => {
  if (!fs.existsSync(entry.replace('bin/ledgerd.cjs', 'dist/cli/main.js')))
    throw new Error('not built; run: pnpm build')
  await Promise.all(pages.map(async (page) => printed.set(page.family, await runPage(page))))
}, pageTimeoutMs)
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))

describe.each(pages)('docs/migrating, $family', ({ family, steps, others }) => {
  it('has no block that nothing runs', () => {
    expect(others).toEqual([])
    expect(steps.filter(({ command }) => command.includes('ledgerd ')).length).toBeGreaterThan(5)
    expect(fs.readFileSync(path.join(docs, 'README.md'), 'utf8')).toContain(`(${family}.md)`)
  })

  for (const [index, { at, command, want }] of steps.entries())
    it.skipIf(command.startsWith('python3 ') && !hasPython)(`${at}: ${command.slice(0, 90)}`, () => {
      const { lines, status } = printed.get(family)?.[index] ?? { lines: ['the page ended before'], status: 'none' }
      // Commands that are to fail say so with `; echo "exit $?"`.
      expect(status, lines.join('\n')).toBe('0')
      if (!isMatch(lines, want)) expect(lines).toEqual(want)
    })
})

describe.skipIf(!hasPython)('a reader such as the original had takes what was adopted', () => {
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

function readPage(family: string): Page {
  const file = `${family}.md`
  const text = fs.readFileSync(path.join(docs, file), 'utf8').split('\n')
  const steps: Step[] = []
  const snippets = new Map<string, string>()
  const others: string[] = []
  for (let at = 0; at < text.length; at++) {
    const language = /^```(.*)$/.exec(text[at] ?? '')?.[1]
    if (language === undefined) continue
    const end = text.indexOf('```', at + 1)
    const block = text.slice(at + 1, end)
    const name = /^<!-- snippet: ([\w.-]+) -->$/.exec(text[at - 2] ?? '')?.[1]
    if (language === 'console') steps.push(...stepsOf(block, `${file}:`, at + 2))
    else if (name !== undefined) snippets.set(name, `${block.join('\n')}\n`)
    else others.push(`${file}:${at + 1} ${language}`)
    at = end
  }
  return { family, folder: path.join(scratch, family), steps, snippets, others }
}

function stepsOf(block: readonly string[], file: string, firstLine: number): Step[] {
  const starts = block.flatMap((line, index) => (line.startsWith('$ ') ? [index] : []))
  return starts.map((start, i) => ({
    at: `${file}${firstLine + start}`,
    command: (block[start] ?? '').slice(2),
    want: block.slice(start + 1, starts[i + 1] ?? block.length),
  }))
}

/** Runs the commands of a page in one shell, in a folder of its own with the repository's vectors in it. */
async function runPage({ folder, steps, snippets }: Page): Promise<readonly Printed[]> {
  fs.mkdirSync(path.join(folder, '.bin'), { recursive: true })
  fs.mkdirSync(path.join(folder, '.run'), { mode: 0o700 })
  for (const name of ['docs', 'packages', 'vectors']) fs.symlinkSync(path.join(root, name), path.join(folder, name))
  for (const [name, text] of snippets) fs.writeFileSync(path.join(folder, name), text)
  const shim = `#!/bin/sh\nexec '${process.execPath}' '${entry}' "$@"\n`
  fs.writeFileSync(path.join(folder, '.bin/ledgerd'), shim, { mode: 0o755 })
  const script = steps.map(({ command }) => `${command}\nprintf '\\036%d\\036' $?\n`).join('')
  const output = await bash(script, folder)
  const parts = output.split('\u001e')
  return steps.flatMap((_, i): Printed[] => {
    const [text, status] = [parts[2 * i], parts[2 * i + 1]]
    return text === undefined || status === undefined
      ? []
      : [{ lines: text === '' ? [] : text.replace(/\n$/, '').split('\n'), status }]
  })
}

function bash(script: string, cwd: string): Promise<string> {
  const env = {
    PATH: `${cwd}/.bin:${process.env['PATH'] ?? ''}`,
    HOME: cwd,
    XDG_RUNTIME_DIR: path.join(cwd, '.run'),
    NO_COLOR: '1',
    LC_ALL: 'C.UTF-8',
  }
  return new Promise((resolve, reject) => {
    // A group of its own, so that a daemon which a page forgets does not outlive it.
    const shell = spawn('bash', ['--noprofile', '--norc', '-c', `exec 2>&1\n${script}`], {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const endGroup = (): void => {
      try {
        process.kill(-(shell.pid as number), 'SIGKILL')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
      }
    }
    const patience = setTimeout(endGroup, pageTimeoutMs - 5000)
    const output: Buffer[] = []
    shell.stdout.on('data', (chunk: Buffer) => output.push(chunk))
    shell.once('error', reject)
    shell.once('exit', () => {
      clearTimeout(patience)
      endGroup()
    })
    shell.once('close', () => resolve(Buffer.concat(output).toString()))
  })
}

/** True if the lines are what the page shows. */
function isMatch(lines: readonly string[], want: readonly string[]): boolean {
  const patterns = want.map((line) => (line === '…' ? String.raw`(?:.*\n)*?` : `${escaped(line)}\n`))
  return new RegExp(`^${patterns.join('')}$`).test(lines.map((line) => `${line}\n`).join(''))
}

function escaped(line: string): string {
  return line.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`).replaceAll('…', '.*')
}

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
