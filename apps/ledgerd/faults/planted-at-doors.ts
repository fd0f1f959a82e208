// Bugs planted where things come in and go out: parsers, the ways in, what waits for slow readers, the client that sends
// again; and a system that syncs nothing, under which the suites must not pass.
import type { PlantedBug } from './planted-bugs.ts'

/** A bug that is seen from outside. */
export interface PlantedProgram extends PlantedBug {
  /** The suite starts the daemon as a program: it is built from a copy of the source with the bug in it. */
  readonly isBuilt?: true
  /** Added to the suite's environment. */
  readonly environment?: Readonly<Record<string, string>>
  /** What must be installed for it. */
  readonly needs?: string
}

/** A lock of POSIX's: its holder is the process that asked, and flock(2) does not see it. */
const lockf = 'import fcntl; fcntl.lockf(3, fcntl.LOCK_EX | fcntl.LOCK_NB)'
const canonical = '../../../packages/canonical/src'
const client = '../../../packages/client/src'
const hostileJson = { file: 'conformance/hostile-json.test.ts', suite: 'O hostile JSON' }
const wayIn = { file: 'conformance/attack-way-in.test.ts', suite: 'P way in', isBuilt: true } as const

export const plantedAtDoors: readonly PlantedProgram[] = [
  {
    name: 'lax UTF-8',
    ...hostileJson,
    edits: [
      { file: `${canonical}/utf8-fault.ts`, find: '  if (second < low || second > high) return 0\n', put: '' },
      { file: `${canonical}/parse.ts`, find: 'fatal: true', put: 'fatal: false' },
    ],
  },
  {
    name: 'repeated keys allowed',
    ...hostileJson,
    edits: [
      {
        file: `${canonical}/canonical-scan.ts`,
        find: 'start, behind - 1) >= 0) return -1',
        put: 'start, behind - 1) > 0) return -1',
      },
      {
        file: `${canonical}/json-reader.ts`,
        find: 'if (isRepeated(frame, this.#members, key))',
        put: 'if (key.length < 0)',
      },
    ],
  },
  {
    name: 'Origin unchecked',
    ...wayIn,
    edits: [
      {
        file: 'auth/web-guard.ts',
        find: "return values.length === 0 || (values.length === 1 && guard.origins.has(values[0] ?? ''))",
        put: 'return values.length >= 0 || guard.origins.size > 0',
      },
    ],
  },
  {
    name: 'Host unchecked',
    ...wayIn,
    edits: [{ file: 'auth/web-guard.ts', find: '  if (values.length !== 1) return false\n', put: '  return true\n' }],
  },
  {
    name: 'token not compared',
    ...wayIn,
    edits: [
      {
        file: 'auth/token.ts',
        find: 'return timingSafeEqual(left, right)',
        put: 'return left.length === right.length',
      },
    ],
  },
  {
    name: 'unbounded outbox',
    file: 'conformance/network-subscribers.test.ts',
    suite: 'J followers, stuck',
    isBuilt: true,
    environment: { STUCK_SUBSCRIBERS: '10' },
    edits: [
      { file: 'transport/wire.ts', find: ' && this.backlogBytes < this.#limits.streamOutboxBytesMax', put: '' },
      {
        file: 'subscribers/credit.ts',
        find: '    this.#availableBytes -= bytes\n  }\n\n  /** Sets',
        put: '  }\n\n  /** Sets',
      },
    ],
  },
  {
    name: 'new id on retry',
    file: 'conformance/kill-nine.test.ts',
    suite: 'C kill -9 of the daemon',
    environment: { KILL_CYCLES: '15' },
    edits: [
      {
        file: `${client}/append-lane.ts`,
        find: '        batch.body,\n',
        put: '        batch.drafts.some(({ isUncertain }) => isUncertain) ? renamed(batch.body) : batch.body,\n',
      },
      {
        file: `${client}/append-lane.ts`,
        find: 'export class ',
        put: 'function renamed(body: Uint8Array): Uint8Array {\n  return Buffer.from(Buffer.from(body).toString().replace(/("id": ?"[^"]*)[^"]{2}"/g, \'$1ff"\'))\n}\n\nexport class ',
      },
    ],
  },
  {
    name: 'fcntl instead of flock',
    file: 'conformance/one-writer.test.ts',
    suite: 'H one writer, real daemons',
    isBuilt: true,
    needs: 'python3',
    edits: [
      {
        file: 'locks/kernel-lock.ts',
        find: "spawnSync('flock', ['-n', '3'],",
        put: `spawnSync('python3', ['-c', '${lockf}'],`,
      },
      { file: 'locks/kernel-lock.ts', find: "spawn('flock', args,", put: `spawn('python3', ['-c', '${lockf}'],` },
    ],
  },
  {
    name: 'syncs that do nothing',
    file: 'real-trace.faults.ts',
    suite: 'A crash states, real daemon',
    environment: { LD_PRELOAD: 'libeatmydata.so', FAULTS_SCALE: '0.5' },
    needs: 'eatmydata',
    edits: [],
  },
]
