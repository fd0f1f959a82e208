// ledgerd itself, through its SDK over the local socket, schema validation on, three times: with the two syncs that are its
// default, with two of the same file, and with one, as the peers have it.
import { connect } from '@ledgerd/client'
import { worldEvents } from '@ledgerd/schema-world-events'
import { type Appender, closedLoop } from '../closed-loop.ts'
import type { Contender } from '../contender.ts'
import { type SecondSync, startDaemon } from '../daemon.ts'
import type { RecordedEvent } from '../recorded-events.ts'

/** Short, so that a line comes to the 550 bytes of the bench. */
export const benchLedger = 'worlds/bench'

export const ledgerd: Contender = ledgerdContender('ledgerd', 'ledgerd', '2 syncs (default)', 'head')
export const ledgerdSameFile: Contender = ledgerdContender(
  'ledgerd-same-file',
  'ledgerd --second-sync same',
  '2 syncs',
  'same',
)
export const ledgerdOneSync: Contender = ledgerdContender(
  'ledgerd-one-sync',
  'ledgerd --second-sync none',
  '1 sync',
  'none',
)

function ledgerdContender(name: string, title: string, sync: string, secondSync: SecondSync): Contender {
  return {
    name,
    title,
    sync,
    takes: () => true,
    start: async ({ scratch, profileFolder }) => {
      const dataFolder = scratch.makeFolder('d')
      const { server, url } = await startDaemon({ dataFolder, secondSync, profileFolder })
      return { target: url, folder: dataFolder, stop: () => server.stop() }
    },
    open: async (target, options) => closedLoop(openLedgerd(target), options),
  }
}

function openLedgerd(url: string): Appender {
  const world = connect({ url, ledger: benchLedger, schema: worldEvents })
  return {
    append: ({ type, data, link, meta }) => world.append(type, data, { link, meta }),
    appendBatch: (events) => world.appendAll(events),
    close: () => world.close(),
  }
}

/** Appends one event over a connection of its own and waits for its receipt. */
export async function appendOne(url: string, event: RecordedEvent): Promise<void> {
  const appender = openLedgerd(url)
  await appender.append(event)
  await appender.close()
}
