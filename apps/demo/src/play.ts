// The play itself: the daemon, the two servers, the replay tool, in the order they appear.
import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import pc from 'picocolors'
import { adopted, serverRoles, sharedLedger } from './cast.ts'
import { startDaemon } from './daemon.ts'
import type { RunningDaemon } from './daemon.ts'
import { receive } from './household.ts'
import type { Household } from './household.ts'
import { judge } from './judge.ts'
import type { ServerReport } from './message.ts'
import type { DemoOptions } from './options.ts'
import { recordedFolder } from './recording.ts'

/** From the last receipt to the last line in the replay tool. */
const catchUpTimeoutMs = 30_000

export interface PlayResult {
  readonly isGood: boolean
  /** Still running. */
  readonly daemon: RunningDaemon
}

/** Starts everyone, waits for their reports, and judges. */
export async function play(
  household: Household,
  dataFolder: string,
  { linesPerSecond, isKilling }: DemoOptions,
): Promise<PlayResult> {
  await mkdir(join(dataFolder, 'worlds'), { recursive: true })
  await copyFile(join(recordedFolder, `${adopted.recording}.jsonl`), join(dataFolder, `${adopted.ledger}.jsonl`))
  let daemon = await startDaemon(household, dataFolder)
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
  const halfway = Promise.all(servers.map((server) => receive(server, 'halfway')))
  const reports = Promise.all(servers.map((server) => receive(server, 'served')))
  await Promise.all(servers.map((server) => receive(server, 'ready')))
  const replayTool = household.startPart('replay-tool.js', [], env)
  const replayed = receive(replayTool, 'replayed')
  if (isKilling) {
    await halfway
    daemon = await killAndRestart(household, dataFolder, daemon)
  }
  const served = (await reports).map(({ report }) => report)
  replayTool.send({ kind: 'sizes', sizes: sizesOf(served) })
  const { report } = await within(catchUpTimeoutMs, replayed, 'the replay tool did not catch up')
  return { isGood: await judge(dataFolder, served, report, pc), daemon }
}

/** What nobody asked for: no last words, no drain. The servers and the replay tool find their own way back. */
async function killAndRestart(household: Household, dataFolder: string, daemon: RunningDaemon): Promise<RunningDaemon> {
  await household.kill(daemon.child)
  console.log(pc.bold(pc.red('— the daemon was killed (SIGKILL) —')))
  const restarted = await startDaemon(household, dataFolder, daemon.port)
  console.log(pc.bold(pc.red('— and started again —')))
  return restarted
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
