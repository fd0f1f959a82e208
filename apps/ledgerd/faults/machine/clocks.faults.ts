// Suite I on the real daemon, under libfaketime.
import { it } from 'vitest'
import { atGate } from '../../test/gate.ts'
import { seeded, seedOfRun } from '../../test/seeded.ts'
import { handIn, notRun } from '../suite-report.ts'
import { runClockRounds } from './clock-rounds.ts'
import { libraryPath, missing } from './machine-needs.ts'

const seed = seedOfRun('clocks')
const name = 'faketime/libfaketime.so.1'

it('I clocks', async () => {
  const library = libraryPath(name)
  if (library === undefined) return handIn(notRun('I clocks', missing(`library ${name}`) ?? '', seed))
  handIn(
    await runClockRounds({
      suite: 'I clocks',
      rounds: atGate({ faults: 10, long: 50 }),
      seed,
      random: seeded(seed),
      library,
    }),
  )
})
