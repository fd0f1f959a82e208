// What a stream needs of the connection it writes to.
import type { DaemonFrame } from '@ledgerd/protocol'

export interface StreamSink {
  /** False while the peer's outbox is full; `Follow.wake()` is called when it is not any more. */
  readonly isWritable: boolean
  send(frame: DaemonFrame): void
  /**
   * `head` is an encoded header with its LF. Neither part is changed; both may be shared with other streams. `onTaken` is
   * called once nobody reads `body` any more; never, if the connection ends before.
   */
  sendEncoded(head: Uint8Array, body: Uint8Array, onTaken?: () => void): void
}
