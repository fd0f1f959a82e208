// Loaded into a daemon before its own program (`--import`, with `--expose-gc`): on SIGUSR2 it collects its garbage and
// writes down what memory is left. The product itself has no such door.
import { renameSync, writeFileSync } from 'node:fs'
import process from 'node:process'

const file = process.env['LEDGERD_BENCH_HEAP'] ?? ''

process.on('SIGUSR2', () => {
  // Twice: what finalizers let go of in the first round is collected in the second.
  globalThis.gc?.()
  globalThis.gc?.()
  writeFileSync(`${file}.new`, JSON.stringify(process.memoryUsage()))
  renameSync(`${file}.new`, file)
})
