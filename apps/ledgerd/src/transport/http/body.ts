// Reads a request body up to a limit, or throws it away. Over the limit nothing more is kept.
import type { IncomingMessage } from 'node:http'
import { LedgerError } from '@ledgerd/schema/errors'

/** Throws BATCH_TOO_LARGE as soon as it is known, also from Content-Length alone, and ABORTED when the client leaves. */
export async function readBody(request: IncomingMessage, bytesMax: number): Promise<Uint8Array> {
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) throw tooLarge(bytesMax)
  const chunks: Buffer[] = []
  let bytes = 0
  await new Promise<void>((resolve, reject) => {
    const keep = (chunk: Buffer): void => {
      bytes += chunk.length
      if (bytes <= bytesMax) return void chunks.push(chunk)
      request.off('data', keep).pause()
      reject(tooLarge(bytesMax))
    }
    request.on('data', keep)
    request.on('end', resolve)
    request.on('error', (cause) => reject(new LedgerError('ABORTED', 'the request ended early', { cause })))
    request.on('close', () => reject(new LedgerError('ABORTED', 'the request ended early')))
  })
  return Buffer.concat(chunks, bytes)
}

/** Calls `done` once when the rest of the body has been thrown away, is over `bytesMax`, or will not come. */
export function discardBody(request: IncomingMessage, bytesMax: number, done: () => void): void {
  if (request.readableEnded || request.destroyed) return done()
  let leftBytes = bytesMax
  const drop = (chunk: Buffer): void => {
    leftBytes -= chunk.length
    if (leftBytes < 0) finish()
  }
  const finish = (): void => {
    request.off('data', drop).off('end', finish).off('close', finish)
    done()
  }
  request.on('data', drop).on('end', finish).on('close', finish).resume()
}

function tooLarge(bytesMax: number): LedgerError {
  return new LedgerError('BATCH_TOO_LARGE', `a body has at most ${bytesMax} bytes; send less at a time`)
}
