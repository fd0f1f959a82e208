// The types of browser-task.mjs.
export interface UpcastDigest {
  readonly version: number
  readonly line: string
  readonly event: string
}
export function upcastDigests(): UpcastDigest[]
export function hashDigests(): string[]
