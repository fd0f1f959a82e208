// What a program did to a disk, as far as a crash can tell: recorded by the disk in memory or read from a trace of real
// system calls. Paths are relative to the data folder, '' is the folder itself; a file is known by its number, since names
// move.
import type { KeptReceipt, SeenLine } from './evidence.ts'

export type DiskOp =
  | { readonly kind: 'create'; readonly path: string; readonly ino: number }
  | { readonly kind: 'make-folder'; readonly path: string }
  /** `isDurable`: through a descriptor with O_DSYNC, so the call returned after the sync. */
  | {
      readonly kind: 'write'
      readonly ino: number
      readonly at: number
      readonly bytes: Buffer
      readonly isDurable: boolean
    }
  | { readonly kind: 'truncate'; readonly ino: number; readonly length: number }
  | { readonly kind: 'sync'; readonly ino: number }
  /** A sync failed and the kernel threw the dirty pages away: they are clean now, and will never be written. */
  | { readonly kind: 'lose'; readonly ino: number }
  | { readonly kind: 'sync-folder'; readonly path: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'remove'; readonly path: string }

/** A recorded run: what happened to the disk, and between, what the daemon told the world. */
export type TraceEvent =
  | DiskOp
  | { readonly kind: 'receipt'; readonly receipt: KeptReceipt }
  | { readonly kind: 'seen'; readonly line: SeenLine }

/** `content` with `bytes` at `at`; what lies between is zero. The old buffer is left as it is. */
export function overwritten(content: Buffer, at: number, bytes: Uint8Array): Buffer {
  const grown = Buffer.allocUnsafe(Math.max(content.length, at + bytes.length))
  content.copy(grown)
  if (at > content.length) grown.fill(0, content.length, at)
  grown.set(bytes, at)
  return grown
}

/** `content` cut or filled with zeros to `length`. */
export function resized(content: Buffer, length: number): Buffer {
  return length <= content.length ? content.subarray(0, length) : overwritten(content, length, Buffer.alloc(0))
}

/** The folder a name lies in; '' for names directly in the data folder. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '' : path.slice(0, slash)
}
