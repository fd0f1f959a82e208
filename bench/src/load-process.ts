// The load generator: a process of its own that opens one contender and runs the windows it is told to over IPC.
// argv: contender, target, folder of recorded lines, seed.
import type { Load, Measured } from './contender.ts'
import { contenderNamed } from './contenders/registry.ts'
import { eventSource, readRecordedLines } from './recorded-events.ts'

/** From the bench: a window to run, or the end. */
export type LoadOrder = { readonly kind: 'run'; readonly load: Load } | { readonly kind: 'close' }

/** To the bench: ready for orders, or the result of one. */
export type LoadAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'measured'; readonly measured: Measured }
  | { readonly kind: 'failed'; readonly message: string }

const [name = '', target = '', folder = '', seed = '0'] = process.argv.slice(2)
const lines = readRecordedLines(folder)
const session = await contenderNamed(name).open(target, { lines, nextEvent: eventSource(lines, Number(seed)) })

process.on('message', (order: LoadOrder) => {
  obey(order).catch((error: unknown) => {
    answer({ kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  })
})
answer({ kind: 'ready' })

async function obey(order: LoadOrder): Promise<void> {
  if (order.kind === 'run') {
    answer({ kind: 'measured', measured: await session.run(order.load) })
  } else {
    await session.close()
    process.disconnect()
  }
}

function answer(message: LoadAnswer): void {
  process.send?.(message)
}
