// What pairs a translation with its resolution: hash, channel and the speaker's name (formats §2.6).
import { locateMembers, skipValue } from '@ledgerd/schema'
import { speaker } from './resolution-text.ts'
import type { ResolutionText } from './resolution-text.ts'
import { TextCache } from './text-cache.ts'

const encoder = new TextEncoder()
const texts = new TextCache()
const translationKeys = [encoder.encode('channel'), encoder.encode('character_name')]
const starts = new Int32Array(translationKeys.length)

/** Longer names count with their beginning, so that the history stays small. */
const textBytesMax = 1024

/** The key of the turn that a resolution opens. */
export function resolutionTurn(link: string, resolution: ResolutionText): string {
  const { bytes, channelAt, characterNameAt } = resolution
  return `${link} ${valueText(bytes, channelAt)} ${valueText(bytes, characterNameAt[speaker] ?? -1)}`
}

/** The key of the turn that a translation belongs to; `at` is where the canonical text of its data begins. */
export function translationTurn(link: string, bytes: Uint8Array, at: number): string {
  locateMembers(bytes, at, translationKeys, starts)
  return `${link} ${valueText(bytes, starts[0] ?? -1)} ${valueText(bytes, starts[1] ?? -1)}`
}

function valueText(bytes: Uint8Array, at: number): string {
  return texts.textOf(bytes, at, Math.min(skipValue(bytes, at), at + textBytesMax))
}
