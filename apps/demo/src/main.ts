// The main job on recorded data: the real daemon, two game servers that append, a replay tool that follows live, and then
// every file judged. Exit code 0 only if everything agrees.
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pc from 'picocolors'
import { attachHelp } from './attach-help.ts'
import { adopted, serverRoles, sharedLedger } from './cast.ts'
import { startDaemon } from './daemon.ts'
import type { RunningDaemon } from './daemon.ts'
import { Household, receive } from './household.ts'
import { judge } from './judge.ts'
import type { ServerReport } from './message.ts'
import { parseOptions, usage } from './options.ts'
import type { DemoOptions } from './options.ts'
import { recordedFolder } from './recording.ts'

/** From the last receipt to the last line in the replay tool. */
const catchUpTimeoutMs = 30_000

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
    const play = perform(household, join(folder, 'data'), options)
    const result = await Promise.race([play, household.accident, stop])
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

async function perform(
  household: Household,
  dataFolder: string,
  { linesPerSecond }: DemoOptions,
): Promise<{ isGood: boolean; daemon: RunningDaemon }> {
  await mkdir(join(dataFolder, 'worlds'), { recursive: true })
  await copyFile(join(recordedFolder, `${adopted.recording}.jsonl`), join(dataFolder, `${adopted.ledger}.jsonl`))
  const daemon = await startDaemon(household, dataFolder)
  console.log(introduction(dataFolder))
  const env = {
    ...process.env,
    LEDGERD_URL: `unix:${daemon.socketPath}`,
    DEMO_HTTP_URL: daemon.httpUrl,
    DEMO_TOKEN: daemon.token,
    ...(pc.isColorSupported ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }),
  }
  const servers = serverRoles.map(({ name }) =>
    household.startPart('game-server.js', [name, String(linesPerSecond)], env),
  )
  const reports = Promise.all(servers.map((server) => receive(server, 'served')))
  await Promise.all(servers.map((server) => receive(server, 'ready')))
  const replayTool = household.startPart('replay-tool.js', [], env)
  const replayed = receive(replayTool, 'replayed')
  const served = (await reports).map(({ report }) => report)
  replayTool.send({ kind: 'sizes', sizes: sizesOf(served) })
  const { report } = await within(catchUpTimeoutMs, replayed, 'the replay tool did not catch up')
  return { isGood: await judge(dataFolder, served, report, pc), daemon }
}

/** Lines each ledger has once the servers are done: their receipts, and what was there before. */
function sizesOf(served: readonly ServerReport[]): Record<string, number> {
  const sessions = serverRoles.map(({ name, session }) => {
    const report = served.find((candidate) => candidate.name === name)
    return [session.ledger, report?.sessionReceipts ?? 0] as const
  })
  const shared = served.reduce((sum, { curiosityReceipts }) => sum + curiosityReceipts, 0)
  return { ...Object.fromEntries(sessions), [sharedLedger]: shared, [adopted.ledger]: adopted.lines }
}

function introduction(dataFolder: string): string {
  return [
    `${pc.bold('ledgerd')} keeps the ledgers in ${dataFolder}/worlds; try tail -f there from another terminal.`,
    'Two game servers replay a recorded session into it. What follows is what a replay tool is told, live:',
    '',
  ].join('\n')
}

function waitForStop(): Promise<'stopped'> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve('stopped'))
  })
}

async function within<Result>(timeoutMs: number, result: Promise<Result>, otherwise: string): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${otherwise} within ${timeoutMs / 1000} s`)), timeoutMs)
  })
  try {
    return await Promise.race([result, tooLate])
  } finally {
    clearTimeout(timer)
  }
}

function describeCause(error: Error): string {
  return error.cause instanceof Error ? `: ${error.cause.message}` : ''
}
