// What a valid payload says about a turn, read from its canonical text: what the history of a world is made of.
import { memberOf, skipValue } from '@ledgerd/schema'
import type { Resolution } from './chat-mechanical-resolution.ts'

export type Turn =
  | { readonly kind: 'resolution'; readonly key: string; readonly resolution: Resolution }
  | { readonly kind: 'translation'; readonly key: string }

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const channel = encoder.encode('channel')
const speaker = encoder.encode('speaker')
const characterName = encoder.encode('character_name')

/**
 * What pairs a translation with its resolution: hash, channel and the speaker's name (formats §2.6). `at` is where
 * the canonical text of `data` begins.
 */
export function turnKey(link: string, bytes: Uint8Array, at: number, kind: Turn['kind']): string {
  const party = kind === 'resolution' ? memberOf(bytes, at, speaker) : at
  return `${link} ${textOf(bytes, memberOf(bytes, at, channel))} ${textOf(bytes, memberOf(bytes, party, characterName))}`
}

function textOf(bytes: Uint8Array, at: number): string {
  return decoder.decode(bytes.subarray(at, skipValue(bytes, at)))
}
