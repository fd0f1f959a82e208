// The real daemon serving every family, and what a suite asks of it: appends over HTTP and over WebSocket, refusals that
// must leave a ledger's file as it was, and kills.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { httpStatus } from '@ledgerd/protocol'
import type { ErrorCode, ErrorDocument } from '@ledgerd/schema'
import { expect } from 'vitest'
import { DaemonProcess, scratch } from './daemon-process.ts'
import { FrameClient, sendRaw } from './plain-clients.ts'
import type { RawAnswer } from './plain-clients.ts'
import { writeConfig } from './schema-package.ts'

/** A draft as an object, or as the text or bytes that stand on the wire. */
export type WireDraft = object | string | Uint8Array

/** Folders of ledgers; the first part of a ledger id names its schema. */
const rules = [
  { ledgers: 'runs/**', package: 'kernel-runs' },
  { ledgers: 'builds/**', package: 'build-order' },
  { ledgers: 'audio/**', package: 'audio-jobs' },
  { ledgers: 'signed/**', package: './signed-audio.mjs' },
  { ledgers: 'flows/**', package: 'workflow-records' },
]

const families = fileURLToPath(new URL('../../../packages/schemas', import.meta.url))

export class FamilyDesk {
  readonly #at: ReturnType<typeof scratch>
  #daemon: DaemonProcess
  #client: FrameClient
  #requests = 0

  private constructor(at: ReturnType<typeof scratch>, daemon: DaemonProcess, client: FrameClient) {
    this.#at = at
    this.#daemon = daemon
    this.#client = client
  }

  /** `files` are there before the daemon is, by ledger id. */
  static async start(files: Readonly<Record<string, string>> = {}): Promise<FamilyDesk> {
    const at = scratch()
    writeConfig(at.folder, { schemas: rules })
    fs.writeFileSync(path.join(at.folder, 'signed-audio.mjs'), signedAudio())
    for (const [ledger, text] of Object.entries(files)) {
      const file = path.join(at.folder, `${ledger}.jsonl`)
      fs.mkdirSync(path.dirname(file), { recursive: true })
      fs.writeFileSync(file, text)
    }
    const daemon = await DaemonProcess.start(at.folder, at.socket)
    return new FamilyDesk(at, daemon, await greeted(at.socket))
  }

  get socket(): string {
    return this.#at.socket
  }

  /** The bytes of a ledger's file; undefined if there is none. */
  bytesOf(ledger: string): Buffer | undefined {
    const file = path.join(this.#at.folder, `${ledger}.jsonl`)
    return fs.existsSync(file) ? fs.readFileSync(file) : undefined
  }

  /** The lines of a ledger's file, each of which ends in LF. */
  linesOf(ledger: string): string[] {
    const text = this.bytesOf(ledger)?.toString() ?? ''
    expect(text === '' || text.endsWith('\n')).toBe(true)
    return text.split('\n').slice(0, -1)
  }

  async post(ledger: string, draft: WireDraft): Promise<RawAnswer> {
    const body = wireBytes(draft)
    const head = `POST /v1/ledgers/${ledger}/append HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n`
    const bytes = Buffer.concat([Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n`), body])
    return await sendRaw({ path: this.#at.socket }, bytes)
  }

  /** The receipt of a draft that is taken. */
  async append(ledger: string, draft: WireDraft): Promise<Record<string, unknown>> {
    const { status, body } = await this.post(ledger, draft)
    expect(status, body).toBe(200)
    return JSON.parse(body) as Record<string, unknown>
  }

  /** Refused over HTTP, over WebSocket, and in an atomic batch, each time with this code and without a trace. */
  async expectRefused(ledger: string, draft: WireDraft, code: ErrorCode, says: RegExp): Promise<void> {
    const before = this.bytesOf(ledger)
    const { status, body } = await this.post(ledger, draft)
    expectRefusal(body, code, says)
    expect(status).toBe(httpStatus[code])
    const bytes = Buffer.concat([wireBytes(draft), Buffer.from('\n')])
    const alone = await this.#ask(ledger, bytes, {})
    expect(alone.t).toBe('outcomes')
    expectRefusal(alone.text, code, says)
    const atomic = await this.#ask(ledger, bytes, { atomic: true })
    expect(atomic.t).toBe('error')
    expectRefusal(atomic.text, code, says)
    expect(this.bytesOf(ledger)).toEqual(before)
  }

  /** Ends the daemon without a word and starts it again on the same files, with or without what is derived from them. */
  async killAndRestart(options: { readonly isDerivedStateLost?: boolean } = {}): Promise<void> {
    expect(await this.#daemon.kill('SIGKILL')).toMatchObject({ signal: 'SIGKILL' })
    if (options.isDerivedStateLost === true) fs.rmSync(path.join(this.#at.folder, '.ledgerd'), { recursive: true })
    this.#daemon = await DaemonProcess.start(this.#at.folder, this.#at.socket)
    this.#client = await greeted(this.#at.socket)
  }

  /** The daemon ends in good order, and nothing it met was a defect. */
  async stop(): Promise<void> {
    this.#client.ws.close(1000)
    try {
      expect(await this.#daemon.kill('SIGTERM')).toEqual({ code: 0, signal: null })
      expect(this.#daemon.said).not.toContain('defect')
    } finally {
      this.#at.remove()
    }
  }

  async #ask(ledger: string, body: Uint8Array, options: { atomic?: true }): Promise<{ t: string; text: string }> {
    this.#requests++
    this.#client.send({ t: 'append', id: this.#requests, ledger, n: 1, ...options }, body)
    const answer = await this.#client.nextOf('outcomes', 'receipts', 'error')
    const isBody = answer.header.t === 'outcomes'
    const text = isBody ? Buffer.from(answer.body).toString() : JSON.stringify(answer.header)
    return { t: answer.header.t, text }
  }
}

function wireBytes(draft: WireDraft): Buffer {
  if (typeof draft === 'string' || draft instanceof Uint8Array) return Buffer.from(draft as string)
  return Buffer.from(JSON.stringify(draft))
}

async function greeted(socket: string): Promise<FrameClient> {
  return await new FrameClient({ path: socket }, {}).greeted()
}

/** The one error document in an answer: its code, that nothing was written, and what of details and message `says`. */
function expectRefusal(text: string, code: ErrorCode, says: RegExp): void {
  const { error } = JSON.parse(text) as { error: ErrorDocument }
  expect(error, text).toMatchObject({ code, retryable: false })
  expect(error.outcome, text).toBe(code === 'IDENTITY_CONFLICT' ? 'present' : 'absent')
  expect(JSON.stringify(error)).toMatch(says)
}

/** audio-jobs under the decisions of a project: every record signed, under the key of the shared vectors. */
function signedAudio(): string {
  const key = fs.readFileSync(path.join(families, 'audio-jobs/vectors/ed25519_test_only.pub.hex'), 'utf8').trim()
  const module = path.join(families, 'audio-jobs/dist/index.js')
  return `import { configureAudioJobs } from ${JSON.stringify(module)}
export default configureAudioJobs({
  package: { name: '@team/signed-audio', version: '1.0.0' },
  signature: { isRequired: true, publicKeys: ['${key}'] },
})
`
}

/** Lines that the original software wrote, or that stand for such, from the vectors of a family. */
export function vectorLines(name: string): string[] {
  return fs.readFileSync(path.join(families, name), 'utf8').trimEnd().split('\n')
}
