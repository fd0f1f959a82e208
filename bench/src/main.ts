// `pnpm bench`: ledgerd beside its peers on the same machine in the same run. Prints ratios; decides nothing.
import { writeFileSync } from 'node:fs'
import { formatAppends } from './append-report.ts'
import { measureAppends } from './append-section.ts'
import { killAllLoads } from './load-client.ts'
import { describeMachine, formatMachine } from './machine.ts'
import { helpText, parseOptions } from './options.ts'
import { recordedFolder } from './recorded-events.ts'
import type { RunContext } from './run-context.ts'
import { Scratch } from './scratch.ts'
import { killAllServers } from './server-process.ts'

const options = parseOptions(process.argv.slice(2))
if (options.isHelp) {
  process.stdout.write(helpText)
  process.exit(0)
}

const scratch = new Scratch(options.parentFolder)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
process.once('exit', () => {
  killAllLoads()
  killAllServers()
  scratch.remove()
})

const context: RunContext = {
  options,
  scratch,
  recordedFolder: process.env.LEDGERD_BENCH_EVENTS ?? recordedFolder,
  say: (sentence) => process.stderr.write(`${sentence}\n`),
}
const machine = describeMachine(scratch)
process.stdout.write(`${formatMachine(machine)}\nseed ${options.seed}\n\n`)
const appends = await measureAppends(context)
process.stdout.write(`${formatAppends(appends)}\n`)
if (options.jsonFile !== undefined) writeFileSync(options.jsonFile, JSON.stringify({ machine, appends }, null, 2))
