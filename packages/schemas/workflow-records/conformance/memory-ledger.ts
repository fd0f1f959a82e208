// A ledger in memory as the daemon keeps it: drafts are admitted, asked about in their turn, sealed. For tests of what is
// refused and of what is written.
import { LedgerError } from '@ledgerd/schema'
import type { AdmissionRules, LineWriter } from '@ledgerd/schema'
import { workflowRecords } from '../src/workflow-records.ts'

const encoder = new TextEncoder()
const ledger = 'workflows/all'

export class MemoryLedger {
  readonly lines: Uint8Array[] = []
  readonly #writer: LineWriter = workflowRecords.openWriter({ ledger })
  readonly #rules: AdmissionRules = workflowRecords.openRules!({ ledger })
  #nextId = 1

  /** A ledger that holds these lines already, as after a restart. */
  static of(lines: readonly Uint8Array[]): MemoryLedger {
    const memory = new MemoryLedger()
    memory.#nextId = 1_000_000
    for (const line of lines) {
      memory.#rules.replay(line)
      memory.lines.push(line)
    }
    return memory
  }

  /** The stored record. Throws what the daemon would answer. */
  append(type: string, data: unknown, timeMs: number = Date.UTC(2026, 0, 28, 19)): Readonly<Record<string, unknown>> {
    const id = (this.#nextId++).toString(16).padStart(32, '0')
    const admitted = this.#writer.admit(encoder.encode(JSON.stringify({ type, data, id })))
    const { stamp } = this.#rules.take(admitted, { seq: this.lines.length, timeMs })
    const target = new Uint8Array(admitted.lineBytesMax)
    const line = target.slice(0, this.#writer.seal(admitted, stamp, target, 0) - 1)
    this.lines.push(line)
    return JSON.parse(new TextDecoder().decode(line)) as Readonly<Record<string, unknown>>
  }

  /** The refusal: its code, and the rule or place it names; undefined if the draft was taken. */
  refusal(type: string, data: unknown): string | undefined {
    const before = this.lines.length
    try {
      this.append(type, data)
      return undefined
    } catch (error) {
      if (!(error instanceof LedgerError) || this.lines.length !== before) throw error
      const { rule, code, issues } = error.details as { rule?: string; code?: string; issues?: { path: string }[] }
      return `${error.code} ${rule ?? code ?? ''} ${issues?.[0]?.path ?? ''}`.trim().replace('  ', ' ')
    }
  }
}
