// Suite L of reliability §11: frames and handshakes that chance made wrong, against the real daemon. Each ends in an answer,
// in a close code that says why, or in a closed connection; a healthy client beside them goes on, and nothing is stored.
import net from 'node:net'
import { closeCodes, encodeFrame } from '@ledgerd/protocol'
import { type Mutator, mutator, type Violation } from '@ledgerd/testkit'
import type { AttackedDaemon } from '../test/attacked-daemon.ts'
import type { Place } from '../test/plain-clients.ts'
import { frameBytes } from '../test/raw-web-socket.ts'
import type { SuiteReport } from './suite-report.ts'

export interface WireSuiteOptions {
  readonly at: AttackedDaemon
  readonly attacks: number
  readonly seed: number
  readonly random: () => number
}

/** Attacks between two looks at the healthy client. */
const roundAttacks = 200
/** At once, as if from so many strangers. */
const strangers = 8
/** Longer than any limit of the daemon that these attacks could run into. */
const patienceMs = 60_000

/** Of the protocol, and of RFC 6455 for what its library refuses. */
const knownCloses = new Set<number>([...Object.values(closeCodes), 1000, 1002, 1003, 1006, 1008, 1009])

const noDraft = '{"v": 1}\n'
const frames: readonly Uint8Array[] = [
  encodeFrame({ t: 'append', id: 1, ledger: 'worlds/target', n: 1 }, Buffer.from(noDraft)),
  encodeFrame(
    { t: 'append', id: 2, ledger: 'worlds/new', n: 2, atomic: true, expect: { size: 0 } },
    Buffer.from(noDraft + noDraft),
  ),
  encodeFrame({ t: 'follow', id: 3, ledgers: ['worlds/target', 'x/**'], from: -2, live: true, credit: 4096 }),
  encodeFrame({
    t: 'follow',
    id: 4,
    ledgers: ['worlds/target'],
    from: { time: '2026-01-01T00:00:00Z' },
    live: false,
    types: ['a'],
    link: 'x',
    credit: 9,
  }),
  encodeFrame({ t: 'credit', id: 3, bytes: 100 }),
  encodeFrame({ t: 'stop', id: 3 }),
  encodeFrame({ t: 'get', id: 5, ledger: 'worlds/target', seq: 1 }),
  encodeFrame({ t: 'get', id: 6, ledger: 'worlds/target', eventId: '0'.repeat(32) }),
  encodeFrame({ t: 'stat', id: 7, ledger: 'worlds/target' }),
  encodeFrame({ t: 'ping' }),
]
const words = [
  '"t":"stat"',
  '"t":"follow"',
  '"id":',
  '"n":3',
  '"cursors":{"worlds/target":1}',
  '"from":"end"',
  '"ledger":".."',
  '\n',
  '{',
  '}',
  '\\u0000',
  '__proto__',
  '"credit":-1',
  'null',
]
const headerWords = [
  '\r\n',
  'Host: ',
  'Origin: http://evil',
  'Sec-WebSocket-Version: 12',
  'Sec-WebSocket-Key: ',
  'Upgrade: h2c',
  'Transfer-Encoding: chunked',
  'Content-Length: 5',
  ' HTTP/1.0',
  '/v1/ws',
  '?',
  '%00',
  '\0',
  'Connection: close',
  'Sec-WebSocket-Protocol: ledgerd.v2',
]

/** Sends the attacks: half of them frames, a quarter broken WebSocket bytes, a quarter handshakes. */
export async function runWireSuite({ at, attacks, seed, random }: WireSuiteOptions): Promise<SuiteReport> {
  const happened = new Map<string, number>()
  const violations: Violation[] = []
  const makeFrame = mutator(random, words)
  const makeHead = mutator(random, headerWords)
  const attack = async (place: Place, kind: number): Promise<string> => {
    if (kind < 2) return await attackFrames(at, place, makeFrame)
    return kind === 2 ? await attackBytes(at, place, makeFrame) : await attackHandshake(at, place, makeHead)
  }
  for (let done = 0; done < attacks && violations.length === 0; ) {
    await at.withstand(async () => {
      for (const end = Math.min(attacks, done + roundAttacks); done < end; ) {
        const some = Array.from({ length: Math.min(strangers, end - done) }, () => done++)
        const answers = some.map((n) => attack(at.places[n % 2]?.place ?? at.tcp, Math.floor(n / 2) % 4))
        for (const answer of await Promise.all(answers.map(bounded))) {
          const [what = '', why] = answer.split(': ', 2)
          happened.set(what, (happened.get(what) ?? 0) + 1)
          if (why !== undefined) violations.push({ kind: 'misbehaved', ledger: what, sentence: answer })
        }
      }
    })
  }
  const total = (prefix: string): number =>
    [...happened].reduce((sum, [name, times]) => sum + (name.startsWith(prefix) ? times : 0), 0)
  return {
    suite: 'L malformed frames and handshakes',
    counts: Object.fromEntries([...happened].sort()),
    violations,
    guards: [
      { name: 'attacks', value: total(''), min: attacks },
      { name: 'frames closed with 4400', value: total('frame closed 4400'), min: Math.floor(attacks / 10) },
      { name: 'frames answered', value: total('frame answered'), min: Math.floor(attacks / 250) },
      { name: 'handshakes refused', value: total('handshake 4'), min: Math.floor(attacks / 20) },
    ],
    seed,
    notRun: [],
  }
}

async function bounded(answer: Promise<string>): Promise<string> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no end: after ${patienceMs} ms`), patienceMs)
  })
  const first = await Promise.race([answer, late])
  clearTimeout(timer)
  return first
}

const hello = message(encodeFrame({ t: 'hello', client: 'x' }))
const questionId = 999_999_999
const question = message(encodeFrame({ t: 'stat', id: questionId, ledger: '..' }))
const goodbye = frameBytes({ opcode: 8, payload: Buffer.of(0x03, 0xe8) })

function message(payload: Uint8Array, opcode = 2): Buffer {
  return frameBytes({ opcode, payload })
}

/** One wrong frame on a greeted connection, and a question behind it: an answer to it, or a close that says why. */
async function attackFrames(at: AttackedDaemon, place: Place, make: Mutator): Promise<string> {
  const payload = make.mutate(frames)
  const wrong = message(payload, make.below(20) === 0 ? 1 : 2)
  const sent = Buffer.concat([Buffer.from(handshake(at, place)), hello, wrong, question, goodbye])
  const { received, course } = await exchange(place, sent)
  if (received.includes(`"id":${questionId}`)) return 'frame answered'
  const { code, reason } = closeIn(received)
  if (knownCloses.has(code) && (code < 4000 || /^[A-Z_]+: /.test(reason))) return `frame closed ${code}`
  return `frame closed ${code}: ${JSON.stringify(reason)} for ${JSON.stringify(Buffer.from(payload).toString('latin1'))}, ${received.length} bytes heard: ${course}`
}

/** The close frame behind the answer to the upgrade; 0 when there is none. */
function closeIn(received: string): { readonly code: number; readonly reason: string } {
  const bytes = Buffer.from(received.slice(received.indexOf('\r\n\r\n') + 4), 'latin1')
  for (let at = 0; at + 2 <= bytes.length; ) {
    const short = bytes[at + 1] ?? 0
    const head = short < 126 ? 2 : 4
    const length = short < 126 ? short : bytes.readUInt16BE(at + 2)
    if (((bytes[at] ?? 0) & 15) === 8 && length >= 2)
      return { code: bytes.readUInt16BE(at + head), reason: bytes.toString('utf8', at + head + 2, at + head + length) }
    at += head + length
  }
  return { code: 0, reason: '' }
}

/** Bytes that are no WebSocket traffic behind a good handshake; the daemon closes once nothing more comes. */
async function attackBytes(at: AttackedDaemon, place: Place, make: Mutator): Promise<string> {
  const good = frames.map((payload) => message(payload))
  const sent = Buffer.concat([Buffer.from(handshake(at, place)), hello, make.mutate(good)])
  const { received, course } = await exchange(place, sent)
  return received.startsWith('HTTP/1.1 101')
    ? 'bytes ended'
    : `bytes: ${JSON.stringify(received.slice(0, 200))}, ${course}`
}

/** A wrong handshake is refused with a status below 500, or let in when it still says what it must. */
async function attackHandshake(at: AttackedDaemon, place: Place, make: Mutator): Promise<string> {
  const request = make.mutate([Buffer.from(handshake(at, place))])
  const { received: answer, course } = await exchange(place, request)
  if (answer === '') return 'handshake closed'
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1])
  if (status > 0 && status < 500) return `handshake ${status}`
  return `handshake ${status}: ${JSON.stringify(Buffer.from(request).toString('latin1'))} got ${JSON.stringify(answer.slice(0, 300))}, ${course}`
}

function handshake(at: AttackedDaemon, place: Place): string {
  const key =
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: ledgerd.v1\r\n'
  return `GET /v1/ws HTTP/1.1\r\n${at.ownHeaders(place)}Upgrade: websocket\r\nConnection: Upgrade\r\n${key}\r\n`
}

interface Heard {
  readonly received: string
  /** How the connection went, for the sentence about a violation: which error if any, and when what happened. */
  readonly course: string
}

/** Sends bytes, says that no more come, and reads until the daemon closes. */
function exchange(place: Place, bytes: Uint8Array): Promise<Heard> {
  return new Promise((resolve) => {
    const socket = net.connect('port' in place ? { host: '127.0.0.1', port: place.port } : place)
    const beganMs = performance.now()
    const course: string[] = ['port' in place ? 'TCP' : 'local socket', `${bytes.length} bytes`]
    const note = (what: string): void =>
      void course.push(`${what} after ${(performance.now() - beganMs).toFixed(1)} ms`)
    let received = ''
    socket.setEncoding('latin1')
    socket.on('connect', () => note('connected'))
    socket.on('data', (chunk: string) => {
      received += chunk
    })
    socket.on('finish', () => note('sent'))
    socket.on('end', () => note('ended'))
    // The daemon may close while bytes are still on their way to it.
    socket.on('error', (error: NodeJS.ErrnoException) => note(error.code ?? error.message))
    socket.on('close', () => {
      note('closed')
      resolve({ received, course: course.join(', ') })
    })
    socket.end(bytes)
  })
}
