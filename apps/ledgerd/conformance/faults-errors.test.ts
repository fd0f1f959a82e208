// Suite B of reliability §11 in its short form: every call of the append path fails, on a disk in memory.
import '../faults/memory-doors.ts'
import { it } from 'vitest'
import { runErrnoSuite } from '../faults/errno-suite.ts'
import { handIn } from '../faults/suite-report.ts'

it('stops the ledger that was hit, and only that one, and loses nothing', { timeout: 120_000 }, async () => {
  const report = await runErrnoSuite({ errnosPerCall: 1, sticky: 'alternating', seed: 0 })
  process.stderr.write(`errors: ${JSON.stringify(report.counts)}\n`)
  handIn(report)
})
