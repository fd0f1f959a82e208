// The load generator: a process of its own that opens one contender and runs the windows it is told to.
// argv: contender, target, folder of recorded lines, seed.
import type { Load, Measured } from './contender.ts'
import { contenderNamed } from './contenders/registry.ts'
import { eventSource, readRecordedLines } from './recorded-events.ts'
import { obeyOrders } from './worker-orders.ts'

const [name = '', target = '', folder = '', seed = '0'] = process.argv.slice(2)
const lines = readRecordedLines(folder)
const session = await contenderNamed(name).open(target, { lines, nextEvent: eventSource(lines, Number(seed)) })

obeyOrders<Load, Measured>(
  (load) => session.run(load),
  () => session.close(),
)
