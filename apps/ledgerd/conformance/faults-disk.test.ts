// Suites F, G and H of reliability §11 in their short form: a full disk, damage and thefts, on a disk in memory.
import '../faults/memory-doors.ts'
import { it } from 'vitest'
import { runDamageSuite } from '../faults/damage-suite.ts'
import { runDiskFullSuite } from '../faults/disk-full-suite.ts'
import { handIn } from '../faults/suite-report.ts'
import { runTheftSuite } from '../faults/theft-suite.ts'
import { seeded, seedOfRun } from '../test/seeded.ts'

it('goes on by itself after a full disk, wherever in a group it filled up', { timeout: 60_000 }, async () => {
  handIn(await runDiskFullSuite({ everyBytes: 97, seed: 0 }))
})

it('stops at a changed bit or sector, and never shortens the file', { timeout: 60_000 }, async () => {
  const seed = seedOfRun('damage')
  handIn(await runDamageSuite({ everyBytes: 11, sectors: 20, seed, random: seeded(seed) }))
})

it('notices a theft before the next write', { timeout: 60_000 }, async () => {
  handIn(await runTheftSuite(0))
})
