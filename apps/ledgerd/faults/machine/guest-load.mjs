// The load of a machine that is there to lose its power: starts the daemon, appends to its ledgers over the local socket and
// follows them, and says each receipt and each line, once it has it, on the serial port. Told what to do by its argument, JSON
// in base64url. A draft's content depends on its number alone, so that whatever got no receipt before the power went is sent
// again unchanged after it came back.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import http from 'node:http'
import { createInterface } from 'node:readline'

const socketPath = '/run/s'
const textMax = 3000
const pauseMs = 20
const port = fs.openSync('/dev/vport0p1', 'w')

/** @typedef {{ ledger: string, idPrefix: string, next: number }} Writer `next` is the number of its next draft. */
/** @type {{ writers: Writer[], followers: { ledger: string, next: number }[], batchMax: number, isSyncing: boolean }} */
const { writers, followers, batchMax, isSyncing } = JSON.parse(
  Buffer.from(process.argv[2] ?? '', 'base64url').toString(),
)

say({ said: 'began' })
const environment = { PATH: '/bin', HOME: '/run' }
const withoutSyncs = { ...environment, LD_PRELOAD: '/fault-shim.so', LEDGERD_NO_SYNC: '1' }
const daemon = spawn(
  process.execPath,
  ['/node_modules/ledgerd/bin/ledgerd.cjs', 'serve', '/disk/data', '--listen', '0', '--socket', socketPath],
  { stdio: ['ignore', 'pipe', 'inherit'], env: isSyncing ? environment : withoutSyncs },
)
daemon.on('exit', (code, signal) => say({ said: 'ended', how: code ?? signal }))
daemon.stdout.pipe(process.stdout)
createInterface({ input: daemon.stdout }).on('line', (line) => {
  if (!line.includes('"serving"')) return
  say({ said: 'serving' })
  for (const [at, writer] of writers.entries()) void write(at, writer)
  for (const [at, follower] of followers.entries()) void follow(at, follower)
})

/**
 * @param {number} at
 * @param {Writer} writer
 */
async function write(at, { ledger, idPrefix, next }) {
  for (;;) {
    const count = 1 + Math.floor(Math.random() * batchMax)
    const batch = Array.from({ length: count }, (_, k) => draft(idPrefix, next + k))
    const answer = await request('POST', `/v1/ledgers/${ledger}/append`, batch.map((one) => `${one}\n`).join(''))
    const receipts = (await answer.setEncoding('utf8').toArray())
      .join('')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    // An emulated machine that stands still takes longer over a request than a daemon waits for one.
    if (answer.statusCode === 408) continue
    const refused = receipts.find(({ error }) => error !== undefined)
    if (refused !== undefined) say({ said: 'refused', ledger, error: refused.error })
    else say({ said: 'receipts', writer: at, next: (next += count), receipts })
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}

/**
 * @param {number} at
 * @param {{ ledger: string, next: number }} follower
 */
async function follow(at, { ledger, next }) {
  for (;;) {
    const answer = await request('GET', `/v1/ledgers/${ledger}/lines?follow=true&from=${next}`)
    if (answer.statusCode === 200)
      for await (const line of createInterface({ input: answer })) {
        say({ said: 'line', follower: at, seq: next++, line: Buffer.from(line).toString('base64') })
      }
    else answer.resume()
    // Until the first line has made the ledger.
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}

/**
 * @param {string} idPrefix
 * @param {number} n
 */
function draft(idPrefix, n) {
  const id = `${idPrefix}${n.toString(16).padStart(12, '0')}`
  const chance = (Math.imul(n + 1, 0x9e37_79b1) >>> 0) / 2 ** 32
  return JSON.stringify({
    id,
    type: 'weather.changed',
    data: { sky: `number ${n}${' grey'.repeat((chance ** 4 * textMax) / 5)}` },
  })
}

/**
 * @param {string} method
 * @param {string} path
 * @param {string} [body]
 * @returns {Promise<http.IncomingMessage>}
 */
function request(method, path, body) {
  return new Promise((resolve, reject) => {
    http.request({ socketPath, method, path }, resolve).on('error', reject).end(body)
  })
}

/** @param {object} record */
function say(record) {
  const bytes = Buffer.from(`${JSON.stringify(record)}\n`)
  for (let at = 0; at < bytes.length; ) at += fs.writeSync(port, bytes, at)
}
