// From wire bytes to an admitted draft. Canonical drafts that fit their declared shape pass on a scan and a walk; all
// others are brought into canonical text first, or learn what is wrong with them.
import { CanonicalScan, formatPointer } from '@ledgerd/canonical'
import { invariant, LedgerError, schemaInvalid, schemaIssues } from '@ledgerd/schema'
import { lineBytesMax, lineTooLong, memberInvalid } from './draft-refusals.ts'
import { normaliseDraft, respellDraft } from './draft-normal-form.ts'
import { draftDepthMax } from './draft-text.ts'
import { eventIdLength } from './event-id.ts'
import { declaredType, isEventType, resolutionType } from './events.ts'
import type { DeclaredType } from './events.ts'
import { isHexString } from './hex.ts'
import { IpcHasher } from './ipc-hash.ts'
import { fixedBytes } from './line-layout.ts'
import { holdsProtoText } from './proto-key.ts'
import { checkResolution } from './resolution-rules.ts'
import { ResolutionText } from './resolution-text.ts'
import type { WorldDraft } from './world-draft.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const nullText: Uint8Array = encoder.encode('null')
const emptyObject: Uint8Array = encoder.encode('{}')
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
    if (declared === undefined || declared.shape.fits(draft.data, 0, draft.data.length))
      return this.#bounded(draft, declared)
    const value: unknown = JSON.parse(decoder.decode(draft.data))
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
    const scan = this.#scan
    let data: Uint8Array | undefined
    let id: Uint8Array | undefined
    let type: Uint8Array | undefined
    let link = nullText
    let meta = emptyObject
    for (let i = 0; i < scan.memberCount; i++) {
      const value = bytes.subarray(scan.valueStart[i], scan.valueEnd[i])
      switch (this.#nameOf(bytes, i)) {
        case 'data':
          data = value
          break
        case 'id':
          id = value
          break
        case 'link':
          link = value[0] === 0x6e ? nullText : value
          break
        case 'meta':
          meta = value
          break
        case 'type':
          type = value
          break
        default:
          throw unknownMember(bytes, scan.keyStart[i], scan.keyEnd[i])
      }
    }
    if (type === undefined || type[0] !== 0x22) throw memberInvalid('/type', 'Required: the event type, a string')
    if (data === undefined || data[0] !== 0x7b) throw memberInvalid('/data', 'Required: the payload, an object')
    if (id === undefined || !isHexString(id, 0, id.length, eventIdLength))
      throw memberInvalid('/id', `Required: ${eventIdLength} lower-case hex digits`)
    if (link !== nullText && !isHexString(link, 0, link.length, 64))
      throw memberInvalid('/link', 'Must be null or an ipc_hash of 64 lower-case hex digits')
    if (meta[0] !== 0x7b) throw memberInvalid('/meta', 'Must be an object')
    const typeText = type.subarray(1, -1)
    const typeName = readType(typeText)
    const idText = id.subarray(1, -1)
    const eventId = decoder.decode(idText)
    const lineLength = this.#frameBytes + data.length + typeText.length + link.length + meta.length
    const { isAscii } = scan
    return { eventId, type: typeName, lineBytesMax: lineLength, idText, typeText, link, meta, data, isAscii }
  }

  /** The member's name if a draft may have it. The first byte tells them apart. */
  #nameOf(bytes: Uint8Array, index: number): MemberName | undefined {
    const name = namesByFirstByte[bytes[this.#scan.keyStart[index] ?? 0] ?? 0]
    return name !== undefined && this.#scan.keyIs(bytes, index, names[name]) ? name : undefined
  }

  /** The rules that need the whole draft: its length, and those of its type. */
  #bounded(draft: WorldDraft, declared: DeclaredType | undefined): WorldDraft {
    if (draft.lineBytesMax - 1 > lineBytesMax) throw lineTooLong(draft.lineBytesMax - 1)
    if (declared?.name === resolutionType) this.#checkResolution(draft)
    return draft
  }

  #checkResolution(draft: WorldDraft): void {
    if (draft.link === nullText) throw schemaInvalid(draft.type, [{ path: '/link', message: 'Required: the ipc_hash' }])
    const resolution = this.#resolution
    resolution.read(draft.data, 0)
    const [violation] = checkResolution(resolution)
    if (violation !== undefined) throw violated(violation.rule, `/data${violation.path}`, violation.message)
    const expected = this.#hasher.hashOf(resolution, this.#world)
    const found = decoder.decode(draft.link.subarray(1, -1))
    if (expected === found) return
    throw violated('ipc-hash-mismatch', '/link', 'The link is not the hash of the state before the turn.', {
      expected,
      found,
    })
  }
}

function readType(text: Uint8Array): string {
  const name = decoder.decode(text)
  if (declaredType(name) !== undefined || isEventType(name)) return name
  throw memberInvalid('/type', 'Must be a dotted lower-case name, such as weather.changed')
}

function unknownMember(bytes: Uint8Array, start = 0, end = 0): LedgerError {
  const key = JSON.parse(`"${decoder.decode(bytes.subarray(start, end))}"`) as string
  return memberInvalid(formatPointer([key]), 'Unknown member')
}

function violated(
  rule: string,
  path: string,
  message: string,
  hashes: Readonly<Record<string, string>> = {},
): LedgerError {
  return new LedgerError('INVARIANT_VIOLATED', message, { details: { rule, path, ...hashes } })
}
