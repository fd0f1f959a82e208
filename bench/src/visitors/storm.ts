// Connections that come, are greeted, and go without a word: so many a second.
import net from 'node:net'
import { atRate, type Stop, type Visitor, type VisitorOptions } from './visitor.ts'

const perSecond = 200
const upgrade = [
  'GET /v1/ws HTTP/1.1',
  'Host: localhost',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  'Sec-WebSocket-Protocol: ledgerd.v1',
].join('\r\n')

export const storm: Visitor = { name: 'storm', start }

async function start({ url }: VisitorOptions): Promise<Stop> {
  const path = url.slice('unix:'.length)
  const open = new Set<net.Socket>()
  const stop = atRate(perSecond, () => {
    const socket = net.connect(path)
    open.add(socket)
    socket.write(`${upgrade}\r\n\r\n`)
    socket.once('data', () => socket.destroy())
    // Refused is an answer too.
    socket.on('error', () => undefined)
    socket.on('close', () => open.delete(socket))
  })
  return async () => {
    const count = stop()
    for (const socket of open) socket.destroy()
    return count
  }
}
