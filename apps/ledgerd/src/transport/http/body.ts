// Reads a request body up to a limit. Over it nothing more is kept.
import type { IncomingMessage } from 'node:http'
import { LedgerError } from '@ledgerd/schema'

/** Throws BATCH_TOO_LARGE as soon as it is known, also from Content-Length alone, and ABORTED when the client leaves. */
export async function readBody(request: IncomingMessage, bytesMax: number): Promise<Uint8Array> {
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) throw tooLarge(bytesMax)
  const chunks: Buffer[] = []
  let bytes = 0
  await new Promise<void>((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > bytesMax) {
        request.pause()
        reject(tooLarge(bytesMax))
      } else chunks.push(chunk)
    })
    request.on('end', resolve)
    request.on('error', (cause) => reject(new LedgerError('ABORTED', 'the request ended early', { cause })))
    request.on('close', () => reject(new LedgerError('ABORTED', 'the request ended early')))
  })
  return Buffer.concat(chunks, bytes)
}

function tooLarge(bytesMax: number): LedgerError {
  return new LedgerError('BATCH_TOO_LARGE', `a body has at most ${bytesMax} bytes; send less at a time`)
}
