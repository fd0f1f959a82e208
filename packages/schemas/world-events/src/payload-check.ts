// Checks the payload of a stored line against its type: shape first, then the rules of the type, then its place in the
// history of the world.
import { formatNode } from '@ledgerd/canonical'
import type { ObjectNode } from '@ledgerd/canonical'
import { dataVersionPointer, plainValue, schemaIssues } from '@ledgerd/schema'
import type { FindingList } from '@ledgerd/schema'
import { declaredType, reservedTypes, resolutionType } from './events.ts'
import type { DeclaredType } from './events.ts'
import { IpcHasher } from './ipc-hash.ts'
import { checkResolution } from './resolution-rules.ts'
import { ResolutionText } from './resolution-text.ts'
import { resolutionTurn, translationTurn } from './turn.ts'
import { WorldHistory } from './world-history.ts'

/** What the rules need of a payload's envelope. */
export interface PayloadEnvelope {
  readonly type: string
  /** Of the payload; undefined if what should name it is no version. */
  readonly version: number | undefined
  readonly link: string | null
  /** JSON text of the world that the line names. */
  readonly world: Uint8Array
  /** The line verified and is of the expected world: only such lines make history. */
  readonly isTrusted: boolean
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

export class PayloadCheck {
  readonly #hasher: IpcHasher = new IpcHasher()
  readonly #resolution: ResolutionText = new ResolutionText()
  readonly #history: WorldHistory = new WorldHistory()

  /** Checks the canonical text bytes[start, end) of `data`. */
  checkText(envelope: PayloadEnvelope, bytes: Uint8Array, start: number, end: number, findings: FindingList): void {
    const declared = declaredOf(envelope, findings)
    if (declared === undefined) return
    const isValid =
      declared.shape.fits(bytes, start, end) ||
      hasNoIssues(declared, JSON.parse(decoder.decode(bytes.subarray(start, end))), findings)
    if (isValid) this.#checkRules(envelope, bytes, start, findings)
  }

  /** Checks a parsed `data` of any spelling. */
  checkNode(envelope: PayloadEnvelope, data: ObjectNode, findings: FindingList): void {
    const declared = declaredOf(envelope, findings)
    if (declared === undefined || !hasNoIssues(declared, plainValue(data), findings)) return
    const text = formatNode(data, 'python')
    // Without a canonical text there is nothing to hash and nothing to pair by.
    if (text.ok) this.#checkRules(envelope, encoder.encode(text.text), 0, findings)
  }

  #checkRules(envelope: PayloadEnvelope, bytes: Uint8Array, at: number, findings: FindingList): void {
    if (envelope.type === resolutionType) this.#checkResolution(envelope, bytes, at, findings)
    else if (envelope.link !== null && envelope.isTrusted) this.#claim(envelope.link, bytes, at, findings)
  }

  #checkResolution(envelope: PayloadEnvelope, bytes: Uint8Array, at: number, findings: FindingList): void {
    const { link, world, isTrusted } = envelope
    const resolution = this.#resolution
    resolution.read(bytes, at)
    for (const { rule, path, message } of checkResolution(resolution))
      findings.add(rule, message, { path: `/data${path}` })
    if (link === null) {
      findings.add('ipc-hash-missing', 'A mechanical resolution has an ipc_hash.', { path: '/ipc_hash' })
      return
    }
    const expected = this.#hasher.hashOf(resolution, world)
    if (expected !== link) {
      const message = 'The ipc_hash is not that of the state before the turn.'
      findings.add('ipc-hash-mismatch', message, { path: '/ipc_hash', expected, found: link })
    }
    if (!isTrusted) return
    this.#history.open(resolutionTurn(link, resolution))
    if (resolution.hasExactCharacters) this.#continue(findings)
  }

  #continue(findings: FindingList): void {
    for (const { characterId, axis, expected, found } of this.#history.resolve(this.#resolution)) {
      const message = `Character ${characterId} enters the turn with ${axis} ${found}; the last turn left ${expected}.`
      const path = `/data/axis_snapshot_before/${characterId}`
      findings.add('state-gap', message, { path, expected: String(expected), found: String(found) })
    }
  }

  #claim(link: string, bytes: Uint8Array, at: number, findings: FindingList): void {
    if (this.#history.claim(translationTurn(link, bytes, at))) return
    const message = 'No earlier resolution of this hash, channel and speaker is left for the translation.'
    findings.add('orphan-translation', message, { path: '/ipc_hash' })
  }
}

/** The type under whose model and rules a payload is judged; only the newest version has them. */
function declaredOf({ type, version }: PayloadEnvelope, findings: FindingList): DeclaredType | undefined {
  const declared = declaredType(type)
  if (declared === undefined && !reservedTypes.has(type))
    findings.add('unknown-event-type', `"${type}" has no payload schema; its data is not checked.`, {
      path: '/event_type',
    })
  if (declared === undefined || declared.newest === version) return declared
  findings.add('event-version-unknown', `The payload is of another version of ${type}; it is not interpreted.`, {
    path: dataVersionPointer,
    expected: String(declared.newest),
  })
  return undefined
}

/** Stored payloads of another shape are tolerated: the original never looks at them. */
function hasNoIssues(declared: DeclaredType, value: unknown, findings: FindingList): boolean {
  const issues = schemaIssues(declared.model, value, '/data')
  for (const { path, message } of issues)
    findings.add('payload-invalid', `Not a valid ${declared.name}: ${message}.`, { path })
  return issues.length === 0
}
