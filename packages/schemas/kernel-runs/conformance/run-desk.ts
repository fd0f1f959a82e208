// For tests: drafts of runs, and a desk that takes them as the daemon does: admission, invariants, sealing.
import { LedgerError } from '@ledgerd/schema'
import type { AdmissionRules, AdmittedDraft, LineWriter } from '@ledgerd/schema'
import { kernelRuns } from '../src/kernel-runs.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export const ledger = 'kernel/runs'
export const noon: number = Date.UTC(2026, 0, 5, 12)

/** Anything but a run id that a client makes up. */
export const draftId = 'run_abc123'
export const hash: string = `sha256:${'0123456789abcdef'.repeat(4)}`

/** The data of a sound draft with these members instead; undefined takes one out. */
export function runData(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const data: Record<string, unknown> = {
    intent_sha256: hash,
    bundle_sha256: hash,
    result_kind: 'BUNDLE',
    accepted: true,
    mode: 'none',
    policy: 'strict',
    ...changes,
  }
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined))
}

/** The wire text of a draft. Values that no schema could encode come as text. */
export function draftText(data: unknown, more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ data, id: draftId, type: 'run', ...more })
}

export class RunDesk {
  readonly writer: LineWriter
  readonly #rules: AdmissionRules
  readonly #lines: string[] = []

  constructor(profile?: string) {
    const options = profile === undefined ? { ledger } : { ledger, profile }
    this.writer = kernelRuns.openWriter(options)
    const rules = kernelRuns.openRules?.(options)
    if (rules === undefined) throw new Error('kernel-runs has invariants')
    this.#rules = rules
  }

  /** All lines so far, without LF. */
  get lines(): readonly string[] {
    return this.#lines
  }

  /** A line that was there before. */
  adopt(line: string): void {
    this.#rules.replay(encoder.encode(line))
    this.#lines.push(line)
  }

  /** The sealed line, without LF. Throws what admission or the invariants refuse with. */
  append(text: string, timeMs = noon): string {
    const admitted = this.writer.admit(encoder.encode(text))
    const { stamp } = this.#rules.take(admitted, { seq: this.#lines.length, timeMs })
    const line = this.seal(admitted, stamp.timeMs)
    this.#lines.push(line)
    return line
  }

  seal(admitted: AdmittedDraft, timeMs: number): string {
    const target = new Uint8Array(admitted.lineBytesMax)
    const end = this.writer.seal(admitted, { seq: this.#lines.length, timeMs }, target, 0)
    if (target[end - 1] !== 0x0a) throw new Error('a sealed line ends in LF')
    return decoder.decode(target.subarray(0, end - 1))
  }
}

/** What a refused draft is told. */
export function refusalOf(run: () => unknown): { readonly code: string; readonly details: Record<string, unknown> } {
  try {
    run()
  } catch (error) {
    if (error instanceof LedgerError) return { code: error.code, details: { ...error.details } }
    throw error
  }
  throw new Error('nothing was refused')
}
