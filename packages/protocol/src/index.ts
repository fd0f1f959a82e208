export type {
  AppendFrame,
  ClientFrame,
  CreditFrame,
  FollowFrame,
  GetFrame,
  HelloFrame,
  PingFrame,
  PongFrame,
  StatRequestFrame,
  StopFrame,
  StreamStart,
} from './client-frames.ts'
export type {
  Ack,
  DaemonFrame,
  EndFrame,
  EndReason,
  ErrorFrame,
  LineFrame,
  LinesFrame,
  OutcomeLine,
  OutcomesFrame,
  ReceiptsFrame,
  SkipFrame,
  StatFrame,
  StatusFrame,
  StreamStatus,
  WelcomeFrame,
  WelcomeLimits,
} from './daemon-frames.ts'
export { beginsWithDay } from './calendar-day.ts'
export { closeCodes, closeReason, errorOfClose, paths, protocolVersion, subprotocol } from './endpoint.ts'
export type { CloseCode } from './endpoint.ts'
export {
  decodeFrame,
  encodeFrame,
  frameBodyBytesMax,
  frameBytesMax,
  frameHeaderBytesMax,
  leafHashBytes,
  splitLines,
} from './frame-codec.ts'
export type { DecodedFrame, DecodeOptions } from './frame-codec.ts'
export { httpStatus } from './http-status.ts'
export { checkLedgerId, checkNewLedgerId, isLedgerId } from './ledger-id.ts'
export { checkLedgerPattern, compilePattern, isLedgerPattern, isWildcard } from './ledger-pattern.ts'
export { checkRequestedLedgers } from './requested-ledgers.ts'
