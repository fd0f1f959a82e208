// What the machine and the process bring: Node, the program that locks, the environment, one copy of zod.
import type { CheckList } from './doctor-report.ts'

export interface HostFacts {
  readonly env: Readonly<Record<string, string | undefined>>
  /** As Node writes it: v20.19.0. */
  readonly nodeVersion: string
  /** Undefined when the program `flock` cannot be run. */
  readonly flockVersion: string | undefined
  /** Versions of zod by where they lie: the daemon's first, then those beside the data. */
  readonly zodCopies: readonly { readonly place: string; readonly version: string }[]
}

const nodeMin = [20, 19] as const

/** Checks the host. Pure. */
export function checkHost(list: CheckList, { env, nodeVersion, flockVersion, zodCopies }: HostFacts): void {
  if (isOldNode(nodeVersion))
    list.wrong('node', `${nodeVersion} is too old`, `install Node ${nodeMin.join('.')} or later`)
  else list.ok('node', nodeVersion)
  if (flockVersion === undefined)
    list.wrong('flock', 'the program `flock` cannot be run; no ledger can be locked', 'sudo apt-get install util-linux')
  else list.ok('flock', flockVersion)
  const ioUring = env['UV_USE_IO_URING'] ?? '0'
  if (ioUring === '0') list.ok('io_uring', 'not used')
  else list.wrong('io_uring', `UV_USE_IO_URING is ${ioUring}; the daemon refuses to start`, 'unset UV_USE_IO_URING')
  checkZod(list, zodCopies)
}

function isOldNode(version: string): boolean {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  return major < nodeMin[0] || (major === nodeMin[0] && minor < nodeMin[1])
}

/** Schema packages beside the data bring their own zod; with another version the same schema may judge otherwise. */
function checkZod(list: CheckList, copies: HostFacts['zodCopies']): void {
  const [own, ...others] = copies
  if (own === undefined) return
  for (const { place, version } of others)
    if (version !== own.version)
      list.warn(
        'zod',
        `${place} is zod ${version}, the daemon has ${own.version}`,
        `npm install zod@${own.version}, then npm dedupe, in the folder of ${place}`,
      )
  list.okUnlessSaid(
    'zod',
    others.length === 0 ? `one copy, ${own.version}` : `${copies.length} copies, all ${own.version}`,
  )
}
