// Four hundred sockets that send a request's headers a byte at a time, and come again when they are cut off.
import net from 'node:net'
import { atRate, type Stop, type Visitor, type VisitorOptions } from './visitor.ts'

const sockets = 400
const bytesPerSecond = 2000
const head = 'GET /v1/ledgers HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Padding: '

export const slowHeaders: Visitor = { name: 'slow-headers', start }

async function start({ port }: VisitorOptions): Promise<Stop> {
  const open: net.Socket[] = []
  let isOver = false
  let cuts = 0
  const connect = (n: number): void => {
    const socket = net.connect(port, '127.0.0.1').resume()
    socket.write(head.slice(0, n % head.length))
    // Cut off while a byte was on its way.
    socket.on('error', () => undefined)
    socket.on('close', () => {
      cuts++
      if (!isOver) connect(n)
    })
    open[n] = socket
  }
  for (let n = 0; n < sockets; n++) connect(n)
  let turn = 0
  const stop = atRate(bytesPerSecond, () => {
    const socket = open[turn++ % sockets]
    if (socket?.writable === true) socket.write('x')
  })
  return async () => {
    isOver = true
    stop()
    for (const socket of open) socket.destroy()
    return cuts
  }
}
