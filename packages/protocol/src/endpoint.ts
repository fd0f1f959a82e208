// Where the protocol lives and how a connection ends (PROTOCOL.md §2): paths, the WebSocket subprotocol, close codes.
import type { ErrorCode } from '@ledgerd/schema'

export const protocolVersion = 1
export const subprotocol = 'ledgerd.v1'

export const paths = {
  webSocket: '/v1/ws',
  ledgers: '/v1/ledgers',
  health: '/healthz',
  ready: '/readyz',
  metrics: '/metrics',
} as const

export const closeCodes = {
  done: 1000,
  draining: 1001,
  messageTooLong: 1009,
  frameInvalid: 4400,
  unauthenticated: 4401,
  silent: 4408,
  helloExpected: 4409,
  protocolVersion: 4426,
  tooManyConnections: 4429,
} as const

export type CloseCode = (typeof closeCodes)[keyof typeof closeCodes]

const codeOfClose: Readonly<Record<number, ErrorCode>> = {
  [closeCodes.draining]: 'DRAINING',
  [closeCodes.messageTooLong]: 'BATCH_TOO_LARGE',
  [closeCodes.frameInvalid]: 'FRAME_INVALID',
  [closeCodes.unauthenticated]: 'UNAUTHENTICATED',
  [closeCodes.silent]: 'DEADLINE',
  [closeCodes.helloExpected]: 'FRAME_INVALID',
  [closeCodes.protocolVersion]: 'PROTOCOL_VERSION',
  [closeCodes.tooManyConnections]: 'RATE_LIMITED',
}

/** What a close means as an error code; a close without a meaning of ours is UNREACHABLE. */
export function errorOfClose(closeCode: number): ErrorCode {
  return codeOfClose[closeCode] ?? 'UNREACHABLE'
}

/** The reason text of a close: the error code first, cut to the 123 bytes that RFC 6455 §5.5.1 leaves. */
export function closeReason(code: ErrorCode, sentence: string): string {
  const text = `${code}: ${sentence}`.replaceAll(/[^\x20-\x7e]/g, '?')
  return text.slice(0, 123)
}
