// Forging the log: everything that a stranger may choose and that may end up in it (ids, client names, paths, headers,
// payloads, names of tokens and schemas) holds line breaks, control and bidi characters, and JSON that looks like one of
// ours. Each line of the log stays one line, one object and plain ASCII; no payload and no secret is in it; and refusals
// by the thousand do not fill the disk.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hookTimeoutMs } from '../test/daemon-process.ts'
import { AttackedDaemon, mark } from '../test/attacked-daemon.ts'
import { FrameClient, sendRaw } from '../test/plain-clients.ts'

let at: AttackedDaemon
beforeAll(async () => {
  at = await AttackedDaemon.start()
}, hookTimeoutMs)
afterAll(async () => {
  await at.stop()
}, hookTimeoutMs)

const forged = '{"level":"error","time":"2026-01-01T00:00:00.000Z","msg":"forged"}'
const poisons = [
  { name: 'a line break', text: `x\n${forged}\n` },
  { name: 'a carriage return', text: `x\r${forged}` },
  { name: 'a quote and a brace', text: `x","msg":"forged"}` },
  { name: 'an escape sequence', text: '\u001b[2J\u001b]0;owned\u0007\u001b[31mred' },
  { name: 'C1 controls', text: '\u009b2J\u0085\u009d' },
  { name: 'text turned around', text: '\u202egnp.exe\u2066x\u2069' },
  { name: 'separators of Unicode', text: `a\u2028${forged}\u2029` },
  { name: 'zero width and BOM', text: '\u200b\ufeff\u00ad' },
  { name: 'half a surrogate pair', text: 'x\\ud800y' },
  { name: 'a NUL', text: 'a\u0000b' },
  { name: 'a mile', text: 'y'.repeat(20_000) },
]

describe.each(poisons)('with $name', ({ text }) => {
  it('every place that a stranger may write to leaves whole lines in the log', async () => {
    const before = at.daemon.log.length
    await at.withstand(async () => {
      // The name of a client is logged.
      const client = await new FrameClient(at.tcp, {
        headers: { authorization: `Bearer ${at.token}`, 'user-agent': 'x' },
      }).opened()
      client.send({ t: 'hello', client: `${text}/${mark.length}` })
      await client.next('welcome')
      client.send({ t: 'stat', id: 1, ledger: text })
      await client.next('error')
      const draft = JSON.stringify({ data: { v: text, secret: mark }, id: text, link: text, meta: {}, type: text })
      client.send({ t: 'append', id: 2, ledger: 'worlds/target', n: 1, schema: text }, `${draft}\n`)
      await client.nextOf('error', 'outcomes')
      client.send({ t: 'append', id: 3, ledger: 'worlds/target', n: 1 }, `${draft}\n`)
      await client.nextOf('error', 'outcomes')
      client.send({
        t: 'follow',
        id: 4,
        ledgers: ['worlds/target'],
        from: 'end',
        live: false,
        types: [text],
        credit: 1,
      })
      await client.nextOf('end', 'error')
      client.ws.close(4000, text.slice(0, 40))
      await client.closed
      // What comes in headers and paths is bytes.
      const raw = Buffer.from(text).toString('latin1')
      const requests = [
        `GET /v1/ledgers/${raw} HTTP/1.1\r\n${at.ownHeaders(at.tcp)}`,
        `GET /v1/ledgers HTTP/1.1\r\nHost: ${raw}\r\n`,
        `GET /v1/ledgers HTTP/1.1\r\n${at.ownHeaders(at.tcp)}Origin: ${raw}\r\n`,
        `GET /v1/ledgers?pattern=${encodeURIComponent(text.replace('\\ud800', ''))} HTTP/1.1\r\n${at.ownHeaders(at.tcp)}`,
      ]
      for (const request of requests)
        await sendRaw(at.tcp, Buffer.from(`${request}Connection: close\r\n\r\n`, 'latin1')).catch(() => undefined)
    })
    const lines = at.daemon.log.slice(before).split('\n').slice(0, -1)
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines) {
      expect(line).toMatch(/^[\x20-\x7e]{1,2000}$/)
      const { msg } = JSON.parse(line) as { msg: string }
      expect(['client connected', 'turned away', 'denied', 'connection refused', 'connection failed']).toContain(msg)
    }
    expect(at.daemon.said).not.toContain(mark)
  })
})

it('turns away 400 visitors and says so in few lines', { timeout: 60_000 }, async () => {
  const before = at.daemon.log.length
  const port = 'port' in at.tcp ? at.tcp.port : 0
  await at.withstand(async () => {
    for (let n = 0; n < 20; n++)
      await Promise.all(
        Array.from({ length: 20 }, () =>
          sendRaw(at.tcp, `GET /v1/ledgers HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`),
        ),
      )
  })
  const told = at.daemon.log
    .slice(before)
    .split('\n')
    .filter((line) => line.includes('"turned away"'))
  // 120 in a minute; the flood may lie across two of them.
  expect(told.length).toBeLessThanOrEqual(240)
  const { body } = await sendRaw(at.tcp, `GET /metrics HTTP/1.1\r\n${at.ownHeaders(at.tcp)}Connection: close\r\n\r\n`)
  expect(Number(/^ledgerd_logins_failed_total (\d+)$/m.exec(body)?.[1])).toBeGreaterThanOrEqual(400)
  expect(Number(/^ledgerd_limits_hit_total\{limit="logins"\} (\d+)$/m.exec(body)?.[1])).toBeGreaterThanOrEqual(300)
})
