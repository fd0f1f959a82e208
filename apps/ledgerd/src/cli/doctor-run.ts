// `ledgerd doctor`: runs every check and prints what was found. It reads and never writes: no lock is taken, no file made.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { defaultLimits } from '../config.ts'
import { checkDisk, type DiskFacts } from './doctor-disk.ts'
import { checkFolder } from './doctor-folder.ts'
import { checkHost } from './doctor-host.ts'
import { checkLedgers } from './doctor-ledgers.ts'
import { checkHolders } from './doctor-locks.ts'
import { CheckList, type DoctorReport, formatDoctor } from './doctor-report.ts'
import { checkStops } from './doctor-stops.ts'
import { zodCopies } from './doctor-zod.ts'
import { exitCodes } from './exit-code.ts'
import type { Io } from './io.ts'
import { colorsFor, type OutputFlags } from './output-flags.ts'

export type DoctorFlags = OutputFlags

/** Prints the report; exit code 1 when something is wrong. */
export async function runDoctor(folder: string, flags: DoctorFlags, io: Io): Promise<number> {
  const report = await examine(path.resolve(folder), io)
  const text =
    flags.json === true ? `${JSON.stringify(report)}\n` : formatDoctor(report, colorsFor(flags, io, io.isOutTerminal))
  await io.write(text)
  return report.isWell ? exitCodes.yes : exitCodes.no
}

async function examine(folder: string, io: Io): Promise<DoctorReport> {
  const list = new CheckList()
  const [, flockVersion] = /(\d[\d.]*)/.exec(spawnSync('flock', ['--version'], { encoding: 'utf8' }).stdout ?? '') ?? []
  checkHost(list, { env: io.env, nodeVersion: process.version, flockVersion, zodCopies: zodCopies(folder) })
  const user = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  if (checkFolder(list, folder, user)) {
    checkDisk(list, folder, diskFacts(folder), defaultLimits.freeBytesMin)
    await checkLedgers(list, folder, io.nowMs())
    await checkStops(list, folder, io.interrupted)
    checkHolders(list, folder, os.hostname())
  }
  const isWell = list.checks.every(({ level }) => level !== 'wrong')
  return { kind: 'doctor', v: 1, folder, isWell, checks: list.checks }
}

function diskFacts(folder: string): DiskFacts {
  const { type, bsize, bavail, files, ffree } = fs.statfsSync(folder)
  return { type, freeBytes: bavail * bsize, inodes: files, freeInodes: ffree }
}
