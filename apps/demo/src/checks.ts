// The demo's last act: what stands in the files, judged by `ledgerd verify`, by Python without any of our code, and by
// comparing it with the recording and with what the replay tool was sent.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { command } from './daemon.ts'
import { contentOf } from './recording.ts'

const pythonScript = fileURLToPath(new URL('../python/check_lines.py', import.meta.url))

export interface Verdict {
  readonly isGood: boolean
  readonly text: string
}

/** The part of `ledgerd verify --json` that is shown. */
interface VerifyReport {
  readonly lines: number
  readonly root: string
  readonly levels: Readonly<
    Record<string, { readonly state: 'ok' | 'failed' | 'not-checked'; readonly detail: string }>
  >
}

/** Runs `ledgerd verify` on the bare file. What it did not check is said too. */
export function verifyFile(file: string): Verdict {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [command, 'verify', file, '--level', 'schema', '--json'],
    {
      encoding: 'utf8',
    },
  )
  if (stdout === '') return { isGood: false, text: stderr.trimEnd() }
  const { lines, root, levels }: VerifyReport = JSON.parse(stdout)
  const inState = (wanted: string): string =>
    Object.entries(levels)
      .filter(([, { state }]) => state === wanted)
      .map(([name, { detail }]) => (wanted === 'failed' ? `${name} (${detail})` : name))
      .join(', ') || 'nothing'
  const failed = status === 0 ? '' : ` FAILED: ${inState('failed')};`
  return {
    isGood: status === 0,
    text: `${lines} lines,${failed} ok: ${inState('ok')}; not checked: ${inState('not-checked')}\nroot ${root}`,
  }
}

/** Every line under the rule of its writer profile, in Python's own words. Undefined without a python3. */
export function askPython(rule: 'seed' | 'original', files: readonly string[]): Verdict | undefined {
  const { status, stdout, error } = spawnSync('python3', [pythonScript, rule, ...files], { encoding: 'utf8' })
  if (error !== undefined) return undefined
  const reports: { lines: number; accepted: number }[] = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
  const lines = reports.reduce((sum, report) => sum + report.lines, 0)
  const accepted = reports.reduce((sum, report) => sum + report.accepted, 0)
  const isGood = status === 0 && reports.length === files.length && accepted === lines
  return { isGood, text: `${accepted} of ${lines}` }
}

/** SHA-256 of a whole file, as hex. */
export async function digestFile(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex')
}

/**
 * How many recorded lines stand in the file with the same content, each once; several writers may have mixed their
 * order. Whatever the file holds beyond the recording counts against it.
 */
export async function countSameContent(
  file: string,
  recorded: readonly string[],
): Promise<{ same: number; extra: number }> {
  const written = (await readFile(file, 'utf8')).split('\n').slice(0, -1).map(contentOf)
  const left = new Set(written)
  const same = recorded.filter((line) => left.delete(contentOf(line))).length
  return { same, extra: written.length - same }
}
