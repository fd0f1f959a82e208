// Pages of documentation that do what they say: every command on one is run as it stands, by bash, with the built command
// line, and its output compared with what the page shows. On the pages `…` stands for anything: in a line for any text,
// alone for any lines.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'

const root = path.join(import.meta.dirname, '../../..')
const entry = path.join(root, 'apps/ledgerd/bin/ledgerd.cjs')

export interface Step {
  readonly at: string
  readonly command: string
  readonly want: readonly string[]
}

export interface Page {
  readonly name: string
  /** Where its commands run. */
  readonly folder: string
  readonly steps: readonly Step[]
  /** Files that the page shows in full, by name. */
  readonly snippets: ReadonlyMap<string, string>
  /** Fenced blocks that are neither; nothing would run them. */
  readonly others: readonly string[]
}

/** What one command printed on stdout and stderr, and how it ended. */
export interface Printed {
  readonly lines: readonly string[]
  readonly status: string
}

/** Reads `<docs>/<name>.md`; its commands will run in a folder of that name below `scratch`. */
export function readPage(docs: string, name: string, scratch: string): Page {
  const file = `${name}.md`
  const text = fs.readFileSync(path.join(docs, file), 'utf8').split('\n')
  const steps: Step[] = []
  const snippets = new Map<string, string>()
  const others: string[] = []
  for (let at = 0; at < text.length; at++) {
    const language = /^```(.*)$/.exec(text[at] ?? '')?.[1]
    if (language === undefined) continue
    const end = text.indexOf('```', at + 1)
    const block = text.slice(at + 1, end)
    const snippet = /^<!-- snippet: ([\w.-]+) -->$/.exec(text[at - 2] ?? '')?.[1]
    if (language === 'console') steps.push(...stepsOf(block, `${file}:`, at + 2))
    else if (snippet !== undefined) snippets.set(snippet, `${block.join('\n')}\n`)
    else others.push(`${file}:${at + 1} ${language}`)
    at = end
  }
  return { name, folder: path.join(scratch, name), steps, snippets, others }
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
export async function runPage({ folder, steps, snippets }: Page, timeoutMs: number): Promise<readonly Printed[]> {
  if (!fs.existsSync(entry.replace('bin/ledgerd.cjs', 'dist/cli/main.js')))
    throw new Error('not built; run: pnpm build')
  fs.mkdirSync(path.join(folder, '.bin'), { recursive: true })
  fs.mkdirSync(path.join(folder, '.run'), { mode: 0o700 })
  for (const name of ['docs', 'packages', 'vectors']) fs.symlinkSync(path.join(root, name), path.join(folder, name))
  for (const [name, text] of snippets) fs.writeFileSync(path.join(folder, name), text)
  const shim = `#!/bin/sh\nexec '${process.execPath}' '${entry}' "$@"\n`
  fs.writeFileSync(path.join(folder, '.bin/ledgerd'), shim, { mode: 0o755 })
  const script = steps.map(({ command }) => `${command}\nprintf '\\036%d\\036' $?\n`).join('')
  const output = await bash(script, folder, timeoutMs)
  const parts = output.split('\u001e')
  return steps.flatMap((_, i): Printed[] => {
    const [text, status] = [parts[2 * i], parts[2 * i + 1]]
    return text === undefined || status === undefined
      ? []
      : [{ lines: text === '' ? [] : text.replace(/\n$/, '').split('\n'), status }]
  })
}

function bash(script: string, cwd: string, timeoutMs: number): Promise<string> {
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
    const patience = setTimeout(endGroup, timeoutMs - 5000)
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
export function isMatch(lines: readonly string[], want: readonly string[]): boolean {
  const patterns = want.map((line) => (line === '…' ? String.raw`(?:.*\n)*?` : `${escaped(line)}\n`))
  return new RegExp(`^${patterns.join('')}$`).test(lines.map((line) => `${line}\n`).join(''))
}

function escaped(line: string): string {
  return line.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`).replaceAll('…', '.*')
}
