// Checks the lines of one world's file in order. A line that is formed as a writer forms it passes on a scan and one
// hash; every other line is examined for everything that can be said about it.
import { escapeNonAscii, formatNode, formatValue, sha256Hex } from '@ledgerd/canonical'
import type { CheckOptions, Finding, LineChecker, LineVerdict, Place } from '@ledgerd/schema'
import { EventIdSet } from './event-id-set.ts'
import { FindingList } from './finding-list.ts'
import { examineLine } from './line-examination.ts'
import { PayloadCheck } from './payload-check.ts'
import { PlainLine } from './plain-line.ts'
import type { Turn } from './turn.ts'
import { WorldHistory } from './world-history.ts'
import { worldOf } from './world.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const carriageReturn = 0x0d

/** Opens a checker; `level` is 'schema' unless given. */
export function openChecker(options: CheckOptions): LineChecker {
  return new WorldChecker(options)
}

class WorldChecker implements LineChecker {
  readonly #isSchemaLevel: boolean
  readonly #world: string
  readonly #worldText: Uint8Array
  readonly #plain: PlainLine
  readonly #payloads: PayloadCheck = new PayloadCheck()
  readonly #eventIds: EventIdSet = new EventIdSet()
  readonly #history: WorldHistory = new WorldHistory()

  constructor(options: CheckOptions) {
    this.#isSchemaLevel = options.level !== 'lines'
    this.#world = worldOf(options.ledger)
    this.#worldText = encoder.encode(formatValue(this.#world, 'python'))
    this.#plain = new PlainLine(this.#worldText)
  }

  check(line: Uint8Array, place: Place): LineVerdict {
    const findings = new FindingList(place)
    let end = line.length
    if (line[end - 1] === carriageReturn) {
      end--
      findings.add('crlf', 'The line ends in CR LF.')
    }
    return this.#plain.read(line, end) ? this.#checkPlain(line, end, findings) : this.#examine(line, end, findings)
  }

  finish(): readonly Finding[] {
    return []
  }

  #checkPlain(line: Uint8Array, end: number, findings: FindingList): LineVerdict {
    const { eventId, type, link, dataStart, dataEnd, eventIdAt } = this.#plain
    const variant = this.#plainVariant(line, end, findings)
    if (this.#isSchemaLevel) {
      if (!this.#eventIds.addHex(line, eventIdAt)) addDuplicate(eventId, findings)
      const payload = { type, link, world: this.#worldText }
      const turn = this.#payloads.checkText(payload, line, dataStart, dataEnd, findings)
      if (turn !== undefined && variant !== undefined) this.#take(turn, findings)
    }
    return { findings: findings.all, variant, eventId, type }
  }

  #plainVariant(line: Uint8Array, end: number, findings: FindingList): string | undefined {
    const plain = this.#plain
    const text = plain.hashedText(line, end)
    const found = plain.checksumOf(line)
    const python = sha256Hex(text)
    if (python === found) return plain.isAscii ? 'both' : 'python'
    if (!plain.isAscii && sha256Hex(escapeNonAscii(decoder.decode(text))) === found) return 'python-ascii'
    findings.add('checksum-mismatch', 'The record is not what its checksum was taken over.', {
      expected: `sha256:${python}`,
      found: `sha256:${found}`,
    })
    return undefined
  }

  #examine(line: Uint8Array, end: number, findings: FindingList): LineVerdict {
    const examination = examineLine(line.subarray(0, end), this.#world, findings)
    if (examination === undefined)
      return { findings: findings.all, variant: undefined, eventId: undefined, type: undefined }
    const { variant, eventId, type, link, world, data } = examination
    if (this.#isSchemaLevel) {
      if (eventId !== undefined && !this.#eventIds.add(eventId)) addDuplicate(eventId, findings)
      if (data !== undefined && type !== undefined && world !== undefined) {
        const payload = { type, link, world: encoder.encode(formatText(world)) }
        const turn = this.#payloads.checkNode(payload, data, findings)
        if (turn !== undefined && variant !== undefined && world === this.#world) this.#take(turn, findings)
      }
    }
    return { findings: findings.all, variant, eventId, type }
  }

  /** Only lines that verified make history. */
  #take(turn: Turn, findings: FindingList): void {
    if (turn.kind === 'translation') {
      if (this.#history.claim(turn.key)) return
      const message = 'No earlier resolution of this hash, channel and speaker is left for the translation.'
      findings.add('orphan-translation', message, { path: '/ipc_hash' })
      return
    }
    for (const { characterId, axis, expected, found } of this.#history.resolve(turn.key, turn.resolution)) {
      const message = `Character ${characterId} enters the turn with ${axis} ${found}; the last turn left ${expected}.`
      findings.add('state-gap', message, {
        path: `/data/axis_snapshot_before/${characterId}`,
        expected: String(expected),
        found: String(found),
      })
    }
  }
}

function addDuplicate(eventId: string, findings: FindingList): void {
  findings.add('duplicate-event-id', 'An earlier line has the same event id.', { path: '/event_id', found: eventId })
}

/** A world with a lone surrogate has no canonical text; then no hash can be right either. */
function formatText(world: string): string {
  const text = formatNode({ kind: 'string', value: world, start: -1, end: -1 }, 'python')
  return text.ok ? text.text : '""'
}
