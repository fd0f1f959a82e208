// `ledgerd schema check --lint`: what is wrong with a package by itself, compared with nothing.
import type { LintFinding, Locate } from '@ledgerd/schema-tools'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import type { Io } from './io.ts'
import { lintPackage } from './schema-lint.ts'
import { locator } from './schema-locate.ts'
import { folderOf, loadPackage } from './schema-package.ts'

/** 0 without errors, 1 with; warnings are shown. Throws CliError 7 if the package does not load. */
export async function runSchemaLint(place: string, { format }: { readonly format: string }, io: Io): Promise<number> {
  if (!['text', 'json', 'github'].includes(format))
    throw new CliError(exitCodes.usage, `--lint has no format ${format}`, 'one of text, json, github')
  const schema = await loadPackage(place)
  const findings = await lintPackage(schema, place)
  const locate = await locator(folderOf(place))
  const { name, version } = schema
  if (format === 'json') {
    const placed = findings.map((finding) => ({ ...finding, at: locate(finding.pointer) }))
    await io.write(`${JSON.stringify({ kind: 'schema-lint', v: 1, name, version, findings: placed })}\n`)
  } else if (format === 'github') await io.write(findings.map((finding) => annotation(finding, locate)).join(''))
  else await io.write(`${name} ${version}: ${summary(findings)}\n${lintText(findings, locate)}`)
  return errorsOf(findings).length === 0 ? exitCodes.yes : exitCodes.no
}

/** Lint errors make a comparison worthless; warnings are only counted. Throws CliError 1. */
export function refuseLintErrors(findings: readonly LintFinding[], place: string, locate: Locate, io: Io): void {
  const errors = errorsOf(findings)
  if (errors.length > 0) {
    io.say(lintText(errors, locate))
    throw new CliError(exitCodes.no, `${place}: ${summary(findings)}`, `ledgerd schema check --lint ${place}`)
  }
  if (findings.length > 0)
    io.say(`ledgerd: ${place}: ${summary(findings)}; see: ledgerd schema check --lint ${place}\n`)
}

function errorsOf(findings: readonly LintFinding[]): readonly LintFinding[] {
  return findings.filter(({ severity }) => severity === 'error')
}

function summary(findings: readonly LintFinding[]): string {
  const errors = errorsOf(findings).length
  return `${errors} lint errors, ${findings.length - errors} warnings`
}

function lintText(findings: readonly LintFinding[], locate: Locate): string {
  return findings
    .map(({ rule, severity, pointer, message, fix }) => {
      const { file, line } = locate(pointer)
      return `${severity} ${rule} ${pointer} (${file}:${line})\n  ${message}\n  fix: ${fix}\n`
    })
    .join('')
}

function annotation({ rule, severity, pointer, message, fix }: LintFinding, locate: Locate): string {
  const { file, line } = locate(pointer)
  const escape = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
  const property = (text: string): string => escape(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
  return `::${severity} file=${property(file)},line=${line},title=${property(rule)}::${escape(`${pointer}: ${message}. Fix: ${fix}`)}\n`
}
