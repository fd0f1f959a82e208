// What `ledgerd doctor` found: each check with its verdict and, unless all is well, the command that helps.
import { neutralize } from './neutralize.ts'
import type { Colors } from './output-flags.ts'

/** `note`: worth knowing, nothing to do. `warning`: works, but not as promised. `wrong`: somebody must act. */
export type Level = 'ok' | 'note' | 'warning' | 'wrong'

export interface Check {
  readonly name: string
  readonly level: Level
  readonly message: string
  /** A command to run, or what to do in words; always there for `warning` and `wrong`. */
  readonly fix?: string
}

export interface DoctorReport {
  readonly kind: 'doctor'
  readonly v: 1
  /** The folder looked at, as a full path. */
  readonly folder: string
  readonly isWell: boolean
  readonly checks: readonly Check[]
}

/** Collects checks; a name without any finding is `ok` with its own words. */
export class CheckList {
  readonly checks: Check[] = []

  ok(name: string, message: string): void {
    this.checks.push({ name, level: 'ok', message })
  }

  note(name: string, message: string): void {
    this.checks.push({ name, level: 'note', message })
  }

  warn(name: string, message: string, fix: string): void {
    this.checks.push({ name, level: 'warning', message, fix })
  }

  wrong(name: string, message: string, fix: string): void {
    this.checks.push({ name, level: 'wrong', message, fix })
  }

  /** Says that all is well unless something was said under this name. */
  okUnlessSaid(name: string, message: string): void {
    if (!this.checks.some((check) => check.name === name)) this.ok(name, message)
  }
}

const words: Readonly<Record<Level, string>> = { ok: 'ok', note: 'note', warning: 'WARNING', wrong: 'WRONG' }

/** For people, ended by LF. */
export function formatDoctor(report: DoctorReport, colors: Colors): string {
  const paint = { ok: colors.green, note: colors.dim, warning: colors.yellow, wrong: colors.red }
  const out = [colors.bold(neutralize(report.folder))]
  for (const { name, level, message, fix } of report.checks) {
    out.push(`  ${name.padEnd(11)}  ${paint[level](words[level].padEnd(7))}  ${neutralize(message)}`)
    if (fix !== undefined) out.push(`${' '.repeat(24)}fix: ${neutralize(fix)}`)
  }
  const wrong = report.checks.filter(({ level }) => level === 'wrong').length
  out.push(wrong === 0 ? 'nothing is wrong' : `${wrong} ${wrong === 1 ? 'thing is' : 'things are'} wrong`)
  return `${out.join('\n')}\n`
}
