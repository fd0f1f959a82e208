// The real daemon with a healthy client beside every attack on it: two connections, one appending and one following, that
// must not notice; a ledger whose bytes must not change; and a folder in which, and around which, nothing may appear.
import fs from 'node:fs'
import path from 'node:path'
import { decodeFrame } from '@ledgerd/protocol'
import { expect } from 'vitest'
import { DaemonProcess, scratch } from './daemon-process.ts'
import { namesUnder } from './names-under.ts'
import { FrameClient } from './plain-clients.ts'
import type { Place } from './plain-clients.ts'

/** Part of every hostile payload and of every wrong token: the log must hold it nowhere. */
export const mark = 'TOP-SECRET-7421'

const target = 'worlds/target'
const witness = 'worlds/witness'

/** The daemon writes its indexes when it has time. */
const isIndexFile = /^data\/\.ledgerd\/ledgers\/worlds\/(?:target|witness)\.jsonl\/lines/

export class AttackedDaemon {
  readonly daemon: DaemonProcess
  readonly token: string
  readonly tcp: Place
  readonly socket: Place
  readonly #at: ReturnType<typeof scratch>
  readonly #writer: FrameClient
  readonly #follower: FrameClient
  #appended = 0
  /** Every file around the data folder, and the bytes of the target. Set once, before the first attack. */
  #baseline: unknown

  private constructor(daemon: DaemonProcess, at: ReturnType<typeof scratch>) {
    this.daemon = daemon
    this.#at = at
    this.token = fs.readFileSync(path.join(at.folder, '.ledgerd/token'), 'utf8').trim()
    this.tcp = { port: daemon.port }
    this.socket = { path: at.socket }
    this.#writer = new FrameClient(this.tcp, this.#ownOptions)
    this.#follower = new FrameClient(this.socket, this.#ownOptions)
  }

  /** A daemon with three lines in `worlds/target` and links that lead out of its folder; `spoil` may add worse. */
  static async start(spoil: (folder: string) => void = () => {}): Promise<AttackedDaemon> {
    const at = scratch()
    const outside = path.join(path.dirname(at.folder), 'outside')
    fs.mkdirSync(path.join(at.folder, 'worlds'), { recursive: true, mode: 0o700 })
    fs.mkdirSync(outside)
    fs.writeFileSync(path.join(outside, 'x.jsonl'), '')
    fs.symlinkSync(path.join(outside, 'x.jsonl'), path.join(at.folder, 'worlds/linked.jsonl'))
    fs.symlinkSync(outside, path.join(at.folder, 'away'))
    spoil(at.folder)
    const attacked = new AttackedDaemon(await DaemonProcess.start(at.folder, at.socket), at)
    await attacked.#greet()
    return attacked
  }

  /** The data folder. */
  get folder(): string {
    return this.#at.folder
  }

  get places(): readonly { readonly name: 'tcp' | 'socket'; readonly place: Place }[] {
    return [
      { name: 'tcp', place: this.tcp },
      { name: 'socket', place: this.socket },
    ]
  }

  /** A greeted client of its own for one attack. */
  async connect(place: Place): Promise<FrameClient> {
    return await new FrameClient(place, 'port' in place ? this.#ownOptions : {}).greeted()
  }

  /** Header lines with which a request over this place is let in. */
  ownHeaders(place: Place): string {
    return 'port' in place
      ? `Host: 127.0.0.1:${place.port}\r\nAuthorization: Bearer ${this.token}\r\n`
      : 'Host: localhost\r\n'
  }

  /** Runs an attack while the healthy client goes on, then looks for harm. */
  async withstand<T>(attack: () => Promise<T>): Promise<T> {
    const [result] = await Promise.all([attack(), this.#step()])
    await this.#step()
    expect(this.#look()).toEqual(this.#baseline)
    return result
  }

  /** Ends the daemon, which must be as well as ever, and looks at its log. */
  async stop(): Promise<void> {
    await this.#step()
    this.#writer.ws.close(1000)
    this.#follower.ws.close(1000)
    try {
      expect(await this.daemon.kill('SIGTERM')).toEqual({ code: 0, signal: null })
      this.#expectCleanLog()
    } finally {
      this.#at.remove()
    }
  }

  get #ownOptions(): { headers: { authorization: string } } {
    return { headers: { authorization: `Bearer ${this.token}` } }
  }

  async #greet(): Promise<void> {
    await Promise.all([this.#writer.greeted(), this.#follower.greeted()])
    for (const client of [this.#writer, this.#follower]) answerPings(client)
    const drafts = [0, 1, 2].map((n) => draftLine(n)).join('')
    this.#writer.send({ t: 'append', id: 1, ledger: target, n: 3 }, drafts)
    await this.#writer.next('receipts')
    this.#follower.send({ t: 'follow', id: 1, ledgers: [witness], from: 'start', live: true, credit: 1 << 20 })
    await this.#step()
    this.#baseline = this.#look()
  }

  /** One line appended and seen, on the connections that have been open since the start. */
  async #step(): Promise<void> {
    const n = this.#appended++
    this.#writer.send({ t: 'append', id: n + 2, ledger: witness, n: 1 }, draftLine(n))
    expect((await this.#writer.nextOf('receipts', 'outcomes', 'error')).header).toMatchObject({
      t: 'receipts',
      acks: [[n + 2, n, 1]],
    })
    const { header, body } = await this.#follower.next('lines')
    expect(header).toMatchObject({ ledger: witness, from: n, n: 1 })
    this.#follower.send({ t: 'credit', id: 1, bytes: body.length })
  }

  #look(): unknown {
    const root = path.dirname(this.#at.folder)
    const names = namesUnder(root)
      .filter((name) => !isIndexFile.test(name))
      .sort()
    const bytes = fs.readFileSync(path.join(this.#at.folder, `${target}.jsonl`), 'utf8')
    return { names, bytes, outside: fs.readFileSync(path.join(root, 'outside/x.jsonl'), 'utf8') }
  }

  #expectCleanLog(): void {
    const { log, said } = this.daemon
    for (const line of log.split('\n').slice(0, -1)) {
      expect(line).toMatch(/^[\x20-\x7e]+$/)
      expect(JSON.parse(line)).toMatchObject({ level: expect.any(String), msg: expect.any(String) })
    }
    expect(said).not.toContain(mark)
    expect(said).not.toContain(this.token)
    expect(log).not.toContain('defect')
  }
}

/** A healthy client is never silent, however long an attack takes. */
function answerPings(client: FrameClient): void {
  client.ws.on('message', (data: Buffer) => {
    if (decodeFrame(data, { direction: 'from-daemon' }).header.t === 'ping') client.send({ t: 'pong' })
  })
}

function draftLine(n: number): string {
  const id = n.toString(16).padStart(32, '0')
  return `{"data": {"n": ${n}}, "id": "${id}", "link": null, "meta": {}, "type": "witness.noted"}\n`
}
