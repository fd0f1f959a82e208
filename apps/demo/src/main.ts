// The main job on recorded data: the real daemon, two game servers that append, a replay tool that follows live, and then
// every file judged. Exit code 0 only if everything agrees.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pc from 'picocolors'
import { attachHelp } from './attach-help.ts'
import { Household } from './household.ts'
import { parseOptions, usage } from './options.ts'
import type { DemoOptions } from './options.ts'
import { play } from './play.ts'

process.exitCode = await main()

async function main(): Promise<number> {
  let options: DemoOptions
  try {
    options = parseOptions(process.argv.slice(2), process.stdout.isTTY)
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
    return 2
  }
  if (options.isHelpWanted) {
    console.log(usage)
    return 0
  }
  return await run(options)
}

async function run(options: DemoOptions): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerd-demo-'))
  const household = new Household()
  const stop = waitForStop()
  try {
    const playing = play(household, join(folder, 'data'), options)
    const result = await Promise.race([playing, household.accident, stop])
    if (result === 'stopped') return 130
    if (options.isServing && result.isGood) {
      console.log(attachHelp(result.daemon, join(folder, 'data'), pc))
      await Promise.race([household.accident, stop])
    }
    return result.isGood ? 0 : 1
  } catch (error) {
    console.error(pc.red(error instanceof Error ? `${error.message}${describeCause(error)}` : String(error)))
    return 1
  } finally {
    await household.close()
    await rm(folder, { recursive: true, force: true })
  }
}

function waitForStop(): Promise<'stopped'> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve('stopped'))
  })
}

function describeCause(error: Error): string {
  return error.cause instanceof Error ? `: ${error.cause.message}` : ''
}
