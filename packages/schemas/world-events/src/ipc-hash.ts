// The fingerprint of the mechanical state in which a turn was decided (formats §2.6). It holds no time and no nonce:
// the same state gives the same hash, so equal hashes do not mean the same turn.
import { formatValue, sha256Hex } from '@ledgerd/canonical'
import type { NumberPlan } from '@ledgerd/canonical'
import { memberOf, skipValue } from '@ledgerd/schema'

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
const keys = {
  snapshot: encoder.encode('axis_snapshot_before'),
  channel: encoder.encode('channel'),
  grammar: encoder.encode('grammar_version'),
  listener: encoder.encode('listener'),
  speaker: encoder.encode('speaker'),
  characterId: encoder.encode('character_id'),
}
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

  /**
   * The hash of the resolution whose `data` is the canonical text at `at`; `world` is the JSON text of its world.
   * Undefined if a member is missing.
   */
  hashOf(bytes: Uint8Array, at: number, world: Uint8Array): string | undefined {
    const listener = memberOf(bytes, at, keys.listener)
    const speaker = memberOf(bytes, at, keys.speaker)
    if (listener === -1 || speaker === -1) return undefined
    this.#length = 0
    const isWhole =
      this.#splice(lead.snapshot, bytes, memberOf(bytes, at, keys.snapshot)) &&
      this.#splice(lead.channel, bytes, memberOf(bytes, at, keys.channel)) &&
      this.#splice(lead.grammar, bytes, memberOf(bytes, at, keys.grammar)) &&
      this.#splice(lead.listener, bytes, memberOf(bytes, listener, keys.characterId)) &&
      this.#splice(lead.speaker, bytes, memberOf(bytes, speaker, keys.characterId))
    if (!isWhole) return undefined
    this.#append(lead.world, 0, lead.world.length)
    this.#append(world, 0, world.length)
    this.#reserve(1)
    this.#text[this.#length++] = 0x7d
    return sha256Hex(this.#text.subarray(0, this.#length))
  }

  #splice(name: Uint8Array, bytes: Uint8Array, valueAt: number): boolean {
    if (valueAt === -1) return false
    this.#append(name, 0, name.length)
    this.#append(bytes, valueAt, skipValue(bytes, valueAt))
    return true
  }

  #append(bytes: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start)
    this.#text.set(bytes.subarray(start, end), this.#length)
    this.#length += end - start
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#text.length) return
    const larger = new Uint8Array(2 * (this.#length + count))
    larger.set(this.#text.subarray(0, this.#length))
    this.#text = larger
  }
}
