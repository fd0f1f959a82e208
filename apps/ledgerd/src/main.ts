// The picture of ARCHITECTURE.md as code: transport -> auth -> engine -> commit -> storage, under one writer's locks, and
// back out through subscribers. The only importer of clock, randomness and environment.
import { randomBytes } from 'node:crypto'
import { hostname, tmpdir } from 'node:os'
import path from 'node:path'
import { parseBindAddress } from './auth/bind-address.ts'
import { openTokens } from './auth/open-tokens.ts'
import type { ServeSettings } from './cli/serve-settings.ts'
import { promptCommit } from './commit/prompt-commit.ts'
import { defaultLimits as limits } from './config.ts'
import { openEngine, seedFrom } from './engine/engine.ts'
import { withSchemas } from './engine/with-schemas.ts'
import { lockFolder } from './locks/folder-lock.ts'
import { claimSocketPaths } from './locks/local-socket.ts'
import { usualSocketPath } from './locks/usual-socket.ts'
import { drain } from './ops/drain.ts'
import { watchEngine } from './ops/engine-gauges.ts'
import { greeting } from './ops/greeting.ts'
import { Health } from './ops/health.ts'
import { processLog } from './ops/log.ts'
import { measuredCommit } from './ops/measured-commit.ts'
import { MetricsBoard } from './ops/metrics.ts'
import { onHangup, outliveFileSizeLimit, processTimers, refuseIoUring, stopSignal } from './ops/process.ts'
import { openRefused } from './ops/refused-ledgers.ts'
import { loadSpareCode } from './ops/spare-code.ts'
import { stopReporter } from './ops/stop-report.ts'
import { deriveEventId } from './schemas/event-key.ts'
import { openSchemas } from './schemas/open-schemas.ts'
import { DataFolder } from './storage/data-folder.ts'
import { requireOwnFolder } from './storage/folder-modes.ts'
import { freeBytesOf } from './storage/free-space.ts'
import { HeldFiles } from './storage/held-files.ts'
import { readTlsFiles } from './storage/tls-files.ts'
import { openDoors } from './transport/open-doors.ts'

/**
 * Serves until the process is asked to stop; false when not everything could be closed then, as the log says. Throws
 * CONFIG_INVALID, LEDGER_LOCKED and errors of the file system before anything is served.
 */
export async function runDaemon(settings: ServeSettings): Promise<boolean> {
  refuseIoUring(process.env)
  outliveFileSizeLimit()
  process.umask(0o077)
  const { secondSync, writerProfile, isUnsafeListenAllowed, origins, tls, draftsPerSecondMax } = settings
  const who = { pid: process.pid, host: hostname() }
  const timers = processTimers(() => performance.now())
  const log = processLog(process.stdout.isTTY, Date.now)
  const metrics = new MetricsBoard()
  const address = parseBindAddress(settings.listen, {
    isBeyondLoopbackAllowed: isUnsafeListenAllowed || tls !== undefined,
  })

  const folder = new DataFolder(settings.dataFolder)
  requireOwnFolder(folder.root, folder.sidecarRoot, (sentence) => log.warn(sentence))
  const lock = lockFolder(folder.sidecarRoot, { ...who, epoch: 0, since: new Date().toISOString() })
  const secrets = { sidecarRoot: folder.sidecarRoot, random: randomBytes, nowMs: Date.now, log, draftsPerSecondMax }
  const { tokens, tokenFile } = openTokens(secrets)
  const schemas = await openSchemas({ folder, flags: settings.schemas, cwd: process.cwd(), log, nowMs: Date.now })
  const commit = measuredCommit(promptCommit(limits), metrics, timers.now)
  const later = timers.after
  const heldFiles = new HeldFiles({ ...limits, later })
  const newSeed = (): ReturnType<typeof seedFrom> => seedFrom(randomBytes)
  const storage = { ...who, heldFiles, folder, limits, secondSync, commit, later, nowMs: Date.now, newSeed }
  const onWarning = (ledger: string, sentence: string): void => log.warn(sentence, { ledger })
  const onStopped = stopReporter(log, metrics)
  const freeBytes = (): number => freeBytesOf(folder.root)
  const heart = openEngine({ ...storage, ...schemas, writerProfile, freeBytes, onWarning, onStopped })
  const engine = withSchemas(heart, { ...schemas, queue: heart.queue })

  watchEngine({ load: () => heart.load(), heldCount: () => heldFiles.count, limits, freeBytes, metrics })
  const health = new Health(() => engine.stopped(), metrics)
  const usual = usualSocketPath(process.env['XDG_RUNTIME_DIR'], tmpdir())
  const wish = { named: settings.socket, usual, own: path.join(folder.sidecarRoot, 'sock') }
  const sockets = await claimSocketPaths(wish, (socket, reason) => log.warn('socket passed over', { socket, reason }))
  const identities = {
    makeEventId: () => randomBytes(16).toString('hex'),
    deriveEventId,
    daemon: `ledgerd/${settings.version}`,
    tokens,
  }
  const ledgers = engine.list()
  const open = (ledger: string): Promise<unknown> => engine.reader(ledger)
  const isOver = (): boolean => health.phase === 'draining'
  const refused = await openRefused({ ...schemas, ledgers, open, onWarning, later, isOver })
  const parts = { ...identities, ...schemas, engine, limits, metrics, log, timers, health }
  const readTls = tls === undefined ? undefined : () => readTlsFiles(tls)
  const places = { address, sockets, namedSocket: settings.socket, isUnsafeListenAllowed, origins, readTls }
  const doors = await openDoors(parts, places)
  onHangup(() => doors.renew())

  health.phase = 'serving'
  process.stderr.write(
    greeting({ dataFolder: folder.root, ledgers, url: doors.url, sockets: doors.sockets, tokenFile }),
  )
  log.info('serving', { dataFolder: folder.root, url: doors.url, pid: process.pid })
  void refused.rest()
  loadSpareCode({ ...schemas, timers, log, delayMs: limits.spareCodeDelayMs })
  log.info('asked to stop', { signal: await stopSignal() })
  return await drain({ health, doors, engine, lock, log, timers, drainTimeoutMs: limits.drainTimeoutMs })
}
