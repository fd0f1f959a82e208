// From wire bytes to an admitted draft. Canonical drafts that fit their declared shape pass on a scan and a walk; all
// others are brought into canonical text first, or learn what is wrong with them.
import { CanonicalScan } from '@ledgerd/canonical'
import {
  draftDepthMax,
  invariant,
  isHexString,
  LedgerError,
  lineBytesMax,
  lineTooLong,
  memberInvalid,
  schemaInvalid,
  schemaIssues,
  unknownMember,
} from '@ledgerd/schema'
import { normaliseDraft, respellDraft } from './draft-normal-form.ts'
import { assertVersion, mayNameVersion } from './draft-version.ts'
import { eventIdLength } from './event-id.ts'
import { declaredType, declaredTypeAt, isEventType, resolutionType } from './events.ts'
import type { DeclaredType } from './events.ts'
import { IpcHasher } from './ipc-hash.ts'
import { fixedBytes } from './line-layout.ts'
import { holdsProtoText } from './proto-key.ts'
import { checkResolution } from './resolution-rules.ts'
import { ResolutionText } from './resolution-text.ts'
import { absent, dataText, metaText } from './world-draft.ts'
import type { WorldDraft } from './world-draft.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const names = {
  data: encoder.encode('data'),
  id: encoder.encode('id'),
  link: encoder.encode('link'),
  meta: encoder.encode('meta'),
  type: encoder.encode('type'),
}

type MemberName = keyof typeof names

const namesByFirstByte: (MemberName | undefined)[] = []
for (const name of Object.keys(names) as MemberName[]) namesByFirstByte[name.charCodeAt(0)] = name

export interface AdmissionOptions {
  /** The JSON text of the world. */
  readonly world: Uint8Array
  /** The longest timestamp the profile writes. */
  readonly timestampBytesMax: number
}

/** Admits the drafts of one ledger. Errors: VALUE_REFUSED, SCHEMA_INVALID, LINE_TOO_LONG, INVARIANT_VIOLATED. */
export class Admission {
  readonly #scan: CanonicalScan = new CanonicalScan()
  readonly #hasher: IpcHasher = new IpcHasher()
  readonly #resolution: ResolutionText = new ResolutionText()
  readonly #world: Uint8Array
  readonly #frameBytes: number

  constructor(options: AdmissionOptions) {
    this.#world = options.world
    this.#frameBytes = fixedBytes + options.timestampBytesMax + options.world.length
  }

  admit(bytes: Uint8Array): WorldDraft {
    const isCanonical = this.#isCanonical(bytes) && !holdsProtoText(bytes, 0, bytes.length)
    const text = isCanonical ? bytes : normaliseDraft(bytes)
    const draft = isCanonical ? this.#read(text) : this.#readNormalised(text)
    const declared = declaredType(draft.type)
    if (declared === undefined || declared.shape.fits(text, draft.dataStart, draft.dataEnd))
      return this.#bounded(draft, declared)
    const value: unknown = JSON.parse(decoder.decode(dataText(draft)))
    const issues = schemaIssues(declared.model, value, '/data')
    if (issues.length > 0) throw schemaInvalid(declared.name, issues)
    return this.#bounded(this.#readNormalised(respellDraft(text, declared.plan)), declared)
  }

  #isCanonical(bytes: Uint8Array): boolean {
    return this.#scan.scan(bytes, 0, bytes.length, draftDepthMax)
  }

  #readNormalised(bytes: Uint8Array): WorldDraft {
    invariant(this.#isCanonical(bytes), 'a normalised draft is canonical text')
    return this.#read(bytes)
  }

  /** Reads the members of the draft that was scanned last. */
  #read(bytes: Uint8Array): WorldDraft {
    const { valueStart, valueEnd, memberCount, isAscii } = this.#scan
    let [data, id, link, meta, type] = [absent, absent, absent, absent, absent]
    for (let i = 0; i < memberCount; i++) {
      const name = this.#nameOf(bytes, i)
      if (name === 'data') data = i
      else if (name === 'id') id = i
      else if (name === 'link') link = i
      else if (name === 'meta') meta = i
      else if (name === 'type') type = i
      else throw strayMember(bytes, this.#scan.keyStart[i], this.#scan.keyEnd[i])
    }
    const start = (member: number): number => valueStart[member] ?? absent
    const end = (member: number): number => valueEnd[member] ?? absent
    const [dataStart, dataEnd, idStart] = [start(data), end(data), start(id)]
    const [linkStart, linkEnd, metaStart, metaEnd] = [start(link), end(link), start(meta), end(meta)]
    if (bytes[start(type)] !== 0x22) throw memberInvalid('/type', 'Required: the event type, a string')
    if (bytes[dataStart] !== 0x7b) throw memberInvalid('/data', 'Required: the payload, an object')
    if (id === absent || !isHexString(bytes, idStart, end(id), eventIdLength))
      throw memberInvalid('/id', `Required: ${eventIdLength} lower-case hex digits`)
    if (link !== absent && bytes[linkStart] !== 0x6e && !isHexString(bytes, linkStart, linkEnd, 64))
      throw memberInvalid('/link', 'Must be null or an ipc_hash of 64 lower-case hex digits')
    if (meta !== absent && bytes[metaStart] !== 0x7b) throw memberInvalid('/meta', 'Must be an object')
    const idText = bytes.subarray(idStart + 1, idStart + 1 + eventIdLength)
    const typeText = bytes.subarray(start(type) + 1, end(type) - 1)
    const linkLength = link === absent ? 'null'.length : linkEnd - linkStart
    const metaLength = meta === absent ? '{}'.length : metaEnd - metaStart
    const lineBytes = this.#frameBytes + (dataEnd - dataStart) + typeText.length + linkLength + metaLength
    return {
      eventId: decoder.decode(idText),
      type: readType(typeText),
      lineBytesMax: lineBytes,
      bytes,
      dataStart,
      dataEnd,
      linkStart,
      linkEnd,
      metaStart,
      metaEnd,
      idText,
      typeText,
      isAscii,
    }
  }

  /** The member's name if a draft may have it. The first byte tells them apart. */
  #nameOf(bytes: Uint8Array, index: number): MemberName | undefined {
    const name = namesByFirstByte[bytes[this.#scan.keyStart[index] ?? 0] ?? 0]
    return name !== undefined && this.#scan.keyIs(bytes, index, names[name]) ? name : undefined
  }

  /** The rules that need the whole draft: its length, its version, and those of its type. */
  #bounded(draft: WorldDraft, declared: DeclaredType | undefined): WorldDraft {
    if (draft.lineBytesMax - 1 > lineBytesMax) throw lineTooLong(draft.lineBytesMax - 1)
    if (draft.metaStart !== absent && mayNameVersion(draft.bytes, draft.metaStart, draft.metaEnd))
      assertVersion(draft.type, JSON.parse(decoder.decode(metaText(draft))) as Readonly<Record<string, unknown>>)
    if (declared?.name === resolutionType) this.#checkResolution(draft)
    return draft
  }

  #checkResolution(draft: WorldDraft): void {
    const { bytes, linkStart, linkEnd } = draft
    if (linkStart === absent || bytes[linkStart] !== 0x22)
      throw schemaInvalid(draft.type, [{ path: '/link', message: 'Required: the ipc_hash' }])
    const resolution = this.#resolution
    resolution.read(bytes, draft.dataStart)
    const [violation] = checkResolution(resolution)
    if (violation !== undefined) throw violated(violation.rule, `/data${violation.path}`, violation.message)
    const expected = this.#hasher.hashOf(resolution, this.#world)
    const found = decoder.decode(bytes.subarray(linkStart + 1, linkEnd - 1))
    if (expected === found) return
    const world = decoder.decode(this.#world)
    const message = `The link is not the ipc_hash of the state before the turn in the world ${world}.`
    throw violated('ipc-hash-mismatch', '/link', message, { expected, found })
  }
}

function readType(text: Uint8Array): string {
  const declared = declaredTypeAt(text, 0, text.length)
  if (declared !== undefined) return declared.name
  const name = decoder.decode(text)
  if (isEventType(name)) return name
  throw memberInvalid('/type', 'Must be a dotted lower-case name, such as weather.changed')
}

function strayMember(bytes: Uint8Array, start = 0, end = 0): LedgerError {
  const key = JSON.parse(`"${decoder.decode(bytes.subarray(start, end))}"`) as string
  return unknownMember(key)
}

function violated(
  rule: string,
  path: string,
  message: string,
  hashes: Readonly<Record<string, string>> = {},
): LedgerError {
  return new LedgerError('INVARIANT_VIOLATED', message, { details: { rule, path, ...hashes } })
}
