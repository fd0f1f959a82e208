// C programs of the laboratory, compiled when a suite asks for one: nothing built is kept in the repository.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const programs: Readonly<Record<NativeProgram, () => readonly string[]>> = {
  /** Shuts a file system down under its users. */
  'go-down': () => [],
  /** A library for LD_PRELOAD. */
  'fault-shim': () => ['-shared', '-fPIC', '-ldl', '-pthread'],
  /** Serves a disk that logs its writes. */
  'block-device': () => fuseFlags(),
}

export type NativeProgram = 'go-down' | 'fault-shim' | 'block-device'

const compiled = new Map<NativeProgram, string>()

/** The path of a compiled program; compiled once a process. Throws with what the compiler said. */
export function compile(program: NativeProgram): string {
  const earlier = compiled.get(program)
  if (earlier !== undefined) return earlier
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-native-'))
  process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }))
  const target = path.join(folder, program)
  const source = path.join(import.meta.dirname, `${program}.c`)
  const { status, stderr } = spawnSync('cc', ['-O2', '-o', target, source, ...programs[program]()], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`cc could not compile ${program}.c: ${stderr}`)
  compiled.set(program, target)
  return target
}

function fuseFlags(): readonly string[] {
  const { stdout } = spawnSync('pkg-config', ['--cflags', '--libs', 'fuse3'], { encoding: 'utf8' })
  return stdout.trim().split(/\s+/)
}

/** The environment that loads the shim into a daemon. */
export function shimmed(settings: { readonly faultFile?: string; readonly isSyncing?: boolean }): NodeJS.ProcessEnv {
  return {
    LD_PRELOAD: compile('fault-shim'),
    ...(settings.faultFile === undefined ? {} : { LEDGERD_FAULT: settings.faultFile }),
    ...(settings.isSyncing === false ? { LEDGERD_NO_SYNC: '1' } : {}),
  }
}
