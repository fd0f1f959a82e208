// Checks the lines of one world's file in order. A line that is formed as a writer forms it passes on a scan and one
// hash; every other line is examined for everything that can be said about it.
import { formatNode, formatValue } from '@ledgerd/canonical'
import { FindingList, IdentitySet, withoutCarriageReturn } from '@ledgerd/schema'
import type { CheckOptions, Finding, LineChecker, LineVerdict, Place } from '@ledgerd/schema'
import { findingSeverities } from './finding-severities.ts'
import { examineLine } from './line-examination.ts'
import { PayloadCheck } from './payload-check.ts'
import { PlainLine } from './plain-line.ts'
import { worldOf } from './world.ts'

const encoder = new TextEncoder()

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
  readonly #eventIds: IdentitySet = new IdentitySet()

  constructor(options: CheckOptions) {
    this.#isSchemaLevel = options.level !== 'lines'
    this.#world = worldOf(options.ledger)
    this.#worldText = encoder.encode(formatValue(this.#world, 'python'))
    this.#plain = new PlainLine(this.#worldText)
  }

  check(line: Uint8Array, place: Place): LineVerdict {
    const findings = new FindingList(place, findingSeverities)
    const end = withoutCarriageReturn(line, findings).length
    const variant = this.#plain.read(line, end) ? this.#plain.matchChecksum(line, end) : undefined
    return variant === undefined ? this.#examine(line, end, findings) : this.#checkPlain(line, variant, findings)
  }

  finish(): readonly Finding[] {
    return []
  }

  #checkPlain(line: Uint8Array, variant: string, findings: FindingList): LineVerdict {
    const { eventId, type, dataStart, dataEnd, eventIdAt } = this.#plain
    if (this.#isSchemaLevel) {
      if (!this.#eventIds.addHex(line, eventIdAt)) addDuplicate(eventId, findings)
      const envelope = { type, version: 1, link: this.#plain.link, world: this.#worldText, isTrusted: true }
      this.#payloads.checkText(envelope, line, dataStart, dataEnd, findings)
    }
    return { findings: findings.all, variant, eventId, type }
  }

  #examine(line: Uint8Array, end: number, findings: FindingList): LineVerdict {
    const examination = examineLine(line.subarray(0, end), this.#world, findings)
    if (examination === undefined)
      return { findings: findings.all, variant: undefined, eventId: undefined, type: undefined }
    const { variant, eventId, type, link, world, version, data } = examination
    if (this.#isSchemaLevel) {
      if (eventId !== undefined && !this.#eventIds.add(eventId)) addDuplicate(eventId, findings)
      if (data !== undefined && type !== undefined && world !== undefined) {
        const isTrusted = variant !== undefined && world === this.#world
        const envelope = { type, version, link, world: encoder.encode(formatText(world)), isTrusted }
        this.#payloads.checkNode(envelope, data, findings)
      }
    }
    return { findings: findings.all, variant, eventId, type }
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
