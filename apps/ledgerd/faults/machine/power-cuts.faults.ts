// Suite D on ext4 and xfs, by shutdown and block by block, and the proof that it can fail: without syncs it must lose lines.
import { it } from 'vitest'
import { atGate } from '../../test/gate.ts'
import { seeded, seedOfRun } from '../../test/seeded.ts'
import { handIn, notRun } from '../suite-report.ts'
import { runBlockCuts } from './block-cut-suite.ts'
import { missing } from './machine-needs.ts'
import { shimmed } from './native.ts'
import { runPowerCutSuite } from './power-cut-suite.ts'

const seed = seedOfRun('power-cuts')

for (const [kind, cuts] of [
  ['ext4', { faults: 80, long: 2000 }],
  ['xfs', { faults: 40, long: 1000 }],
] as const) {
  const suite = `D power cuts, ${kind}`
  it(suite, async () => {
    const reason = missing('root', 'loop devices', 'program cc', `program mkfs.${kind}`)
    if (reason !== undefined) return handIn(notRun(suite, reason, seed))
    const random = seeded(seed)
    handIn(await runPowerCutSuite({ suite, kind, cuts: atGate(cuts), seed, random, writer: 'frozen' }))
  })
}

it('D power cuts, block by block', async () => {
  const suite = 'D power cuts, block by block'
  const programs = ['program cc', 'program mkfs.ext4', 'program fusermount3'] as const
  const reason = missing('root', 'loop devices', 'libfuse3-dev', ...programs)
  if (reason !== undefined) return handIn(notRun(suite, reason, seed))
  handIn(await runBlockCuts({ suite, cuts: atGate({ faults: 60, long: 3000 }), seed, random: seeded(seed) }))
})

it('S power cuts without syncs', async () => {
  const suite = 'S power cuts without syncs'
  const reason = missing('root', 'loop devices', 'program cc', 'program mkfs.ext4')
  if (reason !== undefined) return handIn(notRun(suite, reason, seed))
  const environment = shimmed({ isSyncing: false })
  const random = seeded(seed)
  const report = await runPowerCutSuite({ suite, kind: 'ext4', cuts: 10, seed, random, writer: 'frozen', environment })
  const found = report.violations.filter(({ kind }) => kind === 'lost').length
  const { cuts = 0, receipts = 0 } = report.counts
  const guards = [{ name: 'lost lines found', value: found, min: 1 }]
  handIn({ ...report, counts: { cuts, receipts, found }, violations: [], guards })
})
