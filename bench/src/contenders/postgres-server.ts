// A PostgreSQL cluster of our own in the scratch folder, with the defaults of durability and nothing in the background
// that could disturb the others. Runs as the package's user when the bench runs as root, which PostgreSQL refuses.
import { execFileSync } from 'node:child_process'
import { chownSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { NotInstalled, type Started } from '../contender.ts'
import { findProgram } from '../find-program.ts'
import type { Scratch } from '../scratch.ts'
import { ServerProcess } from '../server-process.ts'

const debianFolder = '/usr/lib/postgresql'

const settings = {
  listen_addresses: '',
  synchronous_commit: 'on',
  fsync: 'on',
  max_connections: '100',
  // A checkpoint of this contender would fall into the window of another.
  max_wal_size: '16GB',
  checkpoint_timeout: '1h',
  autovacuum: 'off',
}

interface Owner {
  readonly uid: number
  readonly gid: number
}

/** Makes and starts a cluster. The target is the folder of its socket. */
export async function startPostgres(scratch: Scratch): Promise<Started> {
  const initdb = findProgram('initdb', installedFolders())
  const postgres = findProgram('postgres', installedFolders())
  if (initdb === undefined || postgres === undefined) throw new NotInstalled('postgresql')
  const folder = scratch.makeFolder('pg')
  const owner = ownerOfCluster()
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid)
  const data = join(folder, 'data')
  const identity = { ...owner, cwd: folder }
  execFileSync(initdb, ['-D', data, '-U', 'bench', '-A', 'trust', '-E', 'UTF8', '--locale=C'], {
    ...identity,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const flags = Object.entries({ ...settings, unix_socket_directories: folder }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ])
  const server = new ServerProcess(postgres, ['-D', data, ...flags], identity)
  await server.waitUntil(() => readdirSync(folder).includes('.s.PGSQL.5432'))
  // SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for clients.
  return { target: folder, folder, stop: () => server.stop('SIGINT') }
}

/** Debian keeps the server's programs out of PATH, one folder per version; the newest first. */
function installedFolders(): string[] {
  try {
    const versions = readdirSync(debianFolder).toSorted((a, b) => Number(b) - Number(a))
    return versions.map((version) => join(debianFolder, version, 'bin'))
  } catch {
    return [] // Not Debian, or not installed: PATH decides.
  }
}

function ownerOfCluster(): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined
  for (const user of ['postgres', 'nobody']) {
    try {
      const ask = (flag: string): number =>
        Number(execFileSync('id', [flag, user], { stdio: ['ignore', 'pipe', 'ignore'] }))
      return { uid: ask('-u'), gid: ask('-g') }
    } catch {
      continue // No such user: the next one.
    }
  }
  return undefined
}
