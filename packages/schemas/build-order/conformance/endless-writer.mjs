// For tests: writes a build state again and again until it is killed, and says after each write how far it is. Runs what
// was built, as its users do.
import { mergeSeeds, upsertArtifact } from '../dist/index.js'
import { updateOrderingLedger } from '../dist/node/index.js'

const [, , file = '', first = '0'] = process.argv

for (let count = Number(first); ; count++) {
  const hash = `sha1:${count.toString(16).padStart(40, '0')}`
  await updateOrderingLedger(file, (ledger) =>
    Array.from({ length: 400 }).reduce(
      (inner, _, index) =>
        upsertArtifact(inner, 'stage2', `artifact ${index}`, { hash, rule: null, count, mode: null }),
      mergeSeeds(ledger, 'stage2', { discoveryHash: hash, fileListHash: null, fileCount: count, mode: null }),
    ),
  )
  process.stdout.write(`${count}\n`)
}
