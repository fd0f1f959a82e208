// What can be said of a window only beside the windows before it: a phase that comes twice, and time that goes back
// within a job (formats §5.1). Both are warnings, so admission writes such records; order is the order of the file.
import type { ObjectNode } from '@ledgerd/canonical'
import { memberNode } from '@ledgerd/schema'
import type { Breach, RecordRules, RecordView } from '@ledgerd/schema'
import { FingerprintSet } from './fingerprint-set.ts'
import { instantNs } from './instant-order.ts'
import { textOf } from './node-facts.ts'
import { parsePhase } from './phase.ts'

/** Jobs whose last time is kept; a job that was quiet for longer is taken for a new one. */
const jobsMax = 65_536

export class WindowRules implements RecordRules {
  readonly #phases: FingerprintSet = new FingerprintSet()
  /** The last time of each job, in nanoseconds, the job written last at the end. */
  readonly #lastNs: Map<string, bigint> = new Map()

  judge(record: ObjectNode, { type, time }: RecordView): readonly Breach[] {
    if (type !== 'window') return []
    const breaches: Breach[] = []
    const phaseKey = phaseKeyOf(record)
    if (phaseKey !== undefined && this.#phases.has(phaseKey)) {
      const message = 'An earlier record of this job has the same phase.'
      breaches.push({ code: 'duplicate-phase', severity: 'W', path: '/phase', message })
    }
    const lastNs = this.#lastNs.get(jobOf(record))
    const timeNs = instantNs(time)
    if (lastNs !== undefined && timeNs !== undefined && timeNs < lastNs) {
      const message = 'ts is earlier than that of the record before it in this job.'
      breaches.push({ code: 'timestamp-backwards', severity: 'W', path: '/ts', found: time, message })
    }
    return breaches
  }

  take(record: ObjectNode, { type, time }: RecordView): () => void {
    if (type !== 'window') return () => {}
    const phaseKey = phaseKeyOf(record)
    const isNewPhase = phaseKey !== undefined && this.#phases.add(phaseKey)
    const undoTime = this.#takeTime(jobOf(record), instantNs(time))
    return () => {
      if (isNewPhase) this.#phases.delete(phaseKey)
      undoTime()
    }
  }

  #takeTime(job: string, timeNs: bigint | undefined): () => void {
    if (timeNs === undefined) return () => {}
    const before = this.#lastNs.get(job)
    this.#lastNs.delete(job)
    this.#lastNs.set(job, timeNs)
    if (this.#lastNs.size > jobsMax) {
      const [oldest = job] = this.#lastNs.keys()
      this.#lastNs.delete(oldest)
    }
    return () => {
      if (before === undefined) this.#lastNs.delete(job)
      else this.#lastNs.set(job, before)
    }
  }
}

function jobOf(record: ObjectNode): string {
  return textOf(memberNode(record, 'job_id')) ?? ''
}

/** No phase holds a line feed, so the pair is read back in one way only. */
function phaseKeyOf(record: ObjectNode): string | undefined {
  const phase = textOf(memberNode(record, 'phase')) ?? ''
  return parsePhase(phase) === undefined ? undefined : `${jobOf(record)}\n${phase}`
}
