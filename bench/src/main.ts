// `pnpm bench`: ledgerd beside its peers, on the same machine, in the same run. Prints ratios; passes and fails nothing.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { LedgerError } from '@ledgerd/schema'
import { measureAppends } from './append-section.ts'
import { measureFloods } from './floods-section.ts'
import { measureFollow } from './follow-section.ts'
import { describeMachine } from './machine.ts'
import { measureMany } from './many-section.ts'
import { helpText, type Options, parseOptions } from './options.ts'
import { replaceBenchBlock } from './readme-block.ts'
import { recordedFolder } from './recorded-events.ts'
import { type BenchReport, formatReport } from './report.ts'
import type { RunContext } from './run-context.ts'
import { measureRules } from './rules-section.ts'
import { Scratch } from './scratch.ts'
import { killAllServers } from './server-process.ts'
import { measureStart } from './start-section.ts'
import { measureVerify } from './verify-section.ts'
import { killAllWorkers } from './worker-process.ts'

const readmePath = fileURLToPath(new URL('../../README.md', import.meta.url))

try {
  await main(parseOptions(process.argv.slice(2)))
} catch (error) {
  if (!(error instanceof LedgerError)) throw error
  process.stderr.write(`${error.message}\n\n${helpText}`)
  process.exitCode = 2
}

async function main(options: Options): Promise<void> {
  if (options.isHelp) {
    process.stdout.write(helpText)
    return
  }
  const scratch = new Scratch(options.parentFolder)
  process.once('exit', () => {
    killAllWorkers()
    killAllServers()
    scratch.remove()
  })
  process.once('SIGINT', () => process.exit(130))
  process.once('SIGTERM', () => process.exit(143))
  const report = await measure({
    options,
    scratch,
    recordedFolder,
    say: (sentence) => process.stderr.write(`${sentence}\n`),
  })
  const text = formatReport(report)
  process.stdout.write(`${text}\n`)
  if (options.jsonFile !== undefined) writeFileSync(options.jsonFile, `${JSON.stringify(report, null, 2)}\n`)
  if (options.writesReadme) writeFileSync(readmePath, replaceBenchBlock(readFileSync(readmePath, 'utf8'), text))
}

/** Runs the sections asked for, one after the other: they share the machine. */
async function measure(context: RunContext): Promise<BenchReport> {
  const { options, scratch } = context
  const wants = (name: (typeof options.sections)[number]): boolean => options.sections.includes(name)
  return {
    takenAt: new Date().toISOString(),
    machine: describeMachine(scratch),
    seed: options.seed,
    isQuick: options.isQuick,
    ...(wants('append') && { appends: await measureAppends(context) }),
    ...(wants('rules') && { rules: await measureRules(context) }),
    ...(wants('follow') && { follow: await measureFollow(context) }),
    ...(wants('verify') && { verify: await measureVerify(context) }),
    ...(wants('start') && { start: await measureStart(context) }),
    ...(wants('many') && { many: await measureMany(context) }),
    ...(wants('floods') && { floods: await measureFloods(context) }),
  }
}
