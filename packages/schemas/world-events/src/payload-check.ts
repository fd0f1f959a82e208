// Checks the payload of a stored line against its type: shape first, then the rules of the type. What it returns is
// what the history needs of a payload that holds.
import { formatNode } from '@ledgerd/canonical'
import type { ObjectNode } from '@ledgerd/canonical'
import { schemaIssues } from '@ledgerd/schema'
import type { Resolution } from './chat-mechanical-resolution.ts'
import { declaredType, reservedTypes, resolutionType } from './events.ts'
import type { DeclaredType } from './events.ts'
import type { FindingList } from './finding-list.ts'
import { IpcHasher } from './ipc-hash.ts'
import { plainValue } from './member-node.ts'
import { checkResolution } from './resolution-rules.ts'
import { turnKey } from './turn.ts'
import type { Turn } from './turn.ts'

/** A payload with what the rules need of its envelope. */
export interface Payload {
  readonly type: string
  readonly link: string | null
  /** JSON text of the world that the line names. */
  readonly world: Uint8Array
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

export class PayloadCheck {
  readonly #hasher: IpcHasher = new IpcHasher()

  /** Checks the canonical text bytes[start, end) of `data`. */
  checkText(payload: Payload, bytes: Uint8Array, start: number, end: number, findings: FindingList): Turn | undefined {
    const declared = this.#declared(payload.type, findings)
    if (declared === undefined) return undefined
    const fits = declared.shape.fits(bytes, start, end)
    if (fits && declared.name !== resolutionType) return this.#translation(payload, bytes, start)
    const value: unknown = JSON.parse(decoder.decode(bytes.subarray(start, end)))
    if (!fits && !isValid(declared, value, findings)) return undefined
    return this.#turn(declared, payload, value, bytes, start, findings)
  }

  /** Checks a parsed `data` of any spelling. */
  checkNode(payload: Payload, data: ObjectNode, findings: FindingList): Turn | undefined {
    const declared = this.#declared(payload.type, findings)
    if (declared === undefined) return undefined
    const value = plainValue(data)
    const text = formatNode(data, 'python')
    // Without a canonical text there is nothing to hash and nothing to pair by.
    if (!isValid(declared, value, findings) || !text.ok) return undefined
    return this.#turn(declared, payload, value, encoder.encode(text.text), 0, findings)
  }

  #declared(type: string, findings: FindingList): DeclaredType | undefined {
    const declared = declaredType(type)
    if (declared === undefined && !reservedTypes.has(type))
      findings.add('unknown-event-type', `"${type}" has no payload schema; its data is not checked.`, {
        path: '/event_type',
      })
    return declared
  }

  #turn(
    declared: DeclaredType,
    payload: Payload,
    value: unknown,
    bytes: Uint8Array,
    at: number,
    findings: FindingList,
  ): Turn | undefined {
    if (declared.name !== resolutionType) return this.#translation(payload, bytes, at)
    const resolution = value as Resolution
    for (const { rule, path, message } of checkResolution(resolution))
      findings.add(rule, message, { path: `/data${path}` })
    const { link } = payload
    if (link === null) {
      findings.add('ipc-hash-missing', 'A mechanical resolution has an ipc_hash.', { path: '/ipc_hash' })
      return undefined
    }
    const expected = this.#hasher.hashOf(bytes, at, payload.world)
    if (expected !== undefined && expected !== link) {
      const message = 'The ipc_hash is not that of the state before the turn.'
      findings.add('ipc-hash-mismatch', message, { path: '/ipc_hash', expected, found: link })
    }
    return { kind: 'resolution', key: turnKey(link, bytes, at, 'resolution'), resolution }
  }

  #translation(payload: Payload, bytes: Uint8Array, at: number): Turn | undefined {
    if (payload.link === null) return undefined
    return { kind: 'translation', key: turnKey(payload.link, bytes, at, 'translation') }
  }
}

/** Stored payloads of another shape are tolerated: the original never checked them (race lines are of that kind). */
function isValid(declared: DeclaredType, value: unknown, findings: FindingList): boolean {
  const issues = schemaIssues(declared.model, value, '/data')
  for (const { path, message } of issues)
    findings.add('payload-invalid', `Not a valid ${declared.name}: ${message}.`, { path })
  return issues.length === 0
}
