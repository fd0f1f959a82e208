// What must hold of an event beyond its model: the form of its hash, and that its chunk hashes belong to it.
import type { Breach } from '@ledgerd/schema'
import { chunkHashesFault } from './chunk-hashes.ts'
import type { OrderingEvent } from './events.ts'
import { describeHashFault, hashFault } from './ordering-hash.ts'

/** Breaches with pointers below `base`. The data fits its model. */
export function judgeEvent(event: OrderingEvent, base: string): readonly Breach[] {
  if (event.type !== 'artifact') return []
  const { hash, count, chunkHashes } = event.data
  const fault = hashFault(hash)
  const breaches: Breach[] = []
  if (fault !== undefined)
    breaches.push({
      code: fault,
      severity: fault === 'hash-format' ? 'E' : 'W',
      path: `${base}/hash`,
      rule: fault,
      found: hash,
      message: describeHashFault(fault),
    })
  const chunkFault = chunkHashes === undefined ? undefined : chunkHashesFault({ hash, count, chunkHashes })
  if (fault === undefined && chunkFault !== undefined)
    breaches.push({
      code: 'chunk-hashes-invalid',
      severity: 'E',
      path: `${base}/chunkHashes`,
      rule: 'chunk-hashes-invalid',
      message: chunkFault,
    })
  return breaches
}
