// The fingerprint of the mechanical state in which a turn was decided (formats §2.6). It holds no time and no nonce:
// the same state gives the same hash, so equal hashes do not mean the same turn.
import { formatValue, sha256Hex } from '@ledgerd/canonical'
import type { NumberPlan } from '@ledgerd/canonical'
import { skipString, skipValue } from '@ledgerd/schema'
import { listener, speaker } from './resolution-text.ts'
import type { ResolutionText } from './resolution-text.ts'

export interface IpcPayload {
  readonly world_id: string
  readonly speaker_id: number
  readonly listener_id: number
  readonly channel: string
  /** Scores by character id and axis. */
  readonly axis_snapshot_before: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly grammar_version: string
}

const floats: NumberPlan = { members: {}, rest: 'float' }
const payloadPlan: NumberPlan = {
  members: {
    axis_snapshot_before: { members: {}, rest: floats },
    listener_id: 'integer',
    speaker_id: 'integer',
  },
  rest: 'any',
}

/** The `ipc_hash` of a state: 64 hex digits. Throws ValueRefused for values that have no canonical text. */
export function ipcHash(payload: IpcPayload): string {
  const { world_id, speaker_id, listener_id, channel, axis_snapshot_before, grammar_version } = payload
  const state = { world_id, speaker_id, listener_id, channel, axis_snapshot_before, grammar_version }
  return sha256Hex(formatValue(state, 'python', { plan: payloadPlan }))
}

/** The model seed that goes with an `ipc_hash`: its first 16 digits as an unsigned 64-bit integer. */
export function modelSeed(hash: string): bigint {
  return BigInt(`0x${hash.slice(0, 16)}`)
}

const encoder = new TextEncoder()
const lead = {
  snapshot: encoder.encode('{"axis_snapshot_before": '),
  channel: encoder.encode(', "channel": '),
  grammar: encoder.encode(', "grammar_version": '),
  listener: encoder.encode(', "listener_id": '),
  speaker: encoder.encode(', "speaker_id": '),
  world: encoder.encode(', "world_id": '),
}

/** Recomputes ipc hashes from the text of resolutions, splicing members instead of building values. */
export class IpcHasher {
  #text: Uint8Array = new Uint8Array(4096)
  #length = 0

  /** The hash of a resolution; `world` is the JSON text of its world. */
  hashOf(resolution: ResolutionText, world: Uint8Array): string {
    const { bytes, start, characterIdAt, characterIdEnd } = resolution
    this.#length = 0
    const headEnd = sharedHeadEnd(resolution)
    if (headEnd === -1) {
      this.#splice(lead.snapshot, bytes, resolution.snapshotAt)
      this.#splice(lead.channel, bytes, resolution.channelAt)
      this.#splice(lead.grammar, bytes, resolution.grammarAt)
    } else {
      this.#append(bytes.subarray(start, headEnd))
    }
    this.#append(lead.listener)
    this.#append(bytes.subarray(characterIdAt[listener], characterIdEnd[listener]))
    this.#append(lead.speaker)
    this.#append(bytes.subarray(characterIdAt[speaker], characterIdEnd[speaker]))
    this.#append(lead.world)
    this.#append(world)
    this.#append(closeBrace)
    return sha256Hex(this.#text.subarray(0, this.#length))
  }

  #splice(name: Uint8Array, bytes: Uint8Array, valueAt: number): void {
    this.#append(name)
    this.#append(bytes.subarray(valueAt, skipValue(bytes, valueAt)))
  }

  #append(text: Uint8Array): void {
    const end = this.#length + text.length
    if (end > this.#text.length) {
      const larger = new Uint8Array(2 * end)
      larger.set(this.#text.subarray(0, this.#length))
      this.#text = larger
    }
    this.#text.set(text, this.#length)
    this.#length = end
  }
}

const closeBrace = encoder.encode('}')

/**
 * A resolution without further members begins exactly as the hashed state does: then this is the end of its grammar
 * version, else -1. Each lead stands before its value, so a gap of just its length holds nothing else.
 */
function sharedHeadEnd({ bytes, start, snapshotAt, snapshotEnd, channelAt, grammarAt }: ResolutionText): number {
  const isShared =
    snapshotAt - start === lead.snapshot.length &&
    channelAt - snapshotEnd === lead.channel.length &&
    grammarAt - skipString(bytes, channelAt) === lead.grammar.length
  return isShared ? skipString(bytes, grammarAt) : -1
}
