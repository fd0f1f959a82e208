// Suite E: syncs that fail and are not believed afterwards, shutdowns that race a sync, and torn, short and refused calls.
import { it } from 'vitest'
import { atGate } from '../../test/gate.ts'
import { seeded, seedOfRun } from '../../test/seeded.ts'
import { handIn, notRun } from '../suite-report.ts'
import { runFailedSyncRounds } from './failed-sync-rounds.ts'
import { missing } from './machine-needs.ts'
import { runPowerCutSuite } from './power-cut-suite.ts'
import { runShimStrikes } from './shim-strikes.ts'

const seed = seedOfRun('failed-syncs')

it('E failed syncs', async () => {
  const suite = 'E failed syncs, restart, power cut'
  const programs = ['program cc', 'program mkfs.ext4', 'program fusermount3'] as const
  const reason = missing('root', 'loop devices', 'libfuse3-dev', ...programs)
  if (reason !== undefined) return handIn(notRun(suite, reason, seed))
  handIn(await runFailedSyncRounds({ suite, rounds: atGate({ faults: 10, long: 150 }), seed, random: seeded(seed) }))
})

const races = [
  { kind: 'ext4', secondSync: 'head', cuts: { faults: 20, long: 500 } },
  { kind: 'xfs', secondSync: 'head', cuts: { faults: 20, long: 500 } },
  { kind: 'ext4', secondSync: 'same', cuts: { faults: 10, long: 300 } },
  { kind: 'xfs', secondSync: 'same', cuts: { faults: 10, long: 300 } },
] as const

for (const { kind, secondSync, cuts } of races) {
  const suite = `E shutdown race, ${kind}${secondSync === 'same' ? ', trailing head' : ''}`
  it(suite, async () => {
    const reason = missing('root', 'loop devices', 'program cc', `program mkfs.${kind}`)
    if (reason !== undefined) return handIn(notRun(suite, reason, seed))
    const chance = { seed, random: seeded(seed) }
    handIn(await runPowerCutSuite({ suite, kind, secondSync, cuts: atGate(cuts), ...chance, writer: 'running' }))
  })
}

it('E torn and failed calls', async () => {
  const suite = 'E torn and failed calls'
  const reason = missing('program cc')
  if (reason !== undefined) return handIn(notRun(suite, reason, seed))
  handIn(await runShimStrikes({ suite, strikes: atGate({ faults: 56, long: 560 }), seed, random: seeded(seed) }))
})
