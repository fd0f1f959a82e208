// The replay tool of the demo, in its own process: follows live while the game servers write. It prints the turns of the
// sessions, and keeps a digest of every line of every ledger, to be compared with the files.
import { connectAll } from '@ledgerd/client'
import { worldEvents } from '@ledgerd/schema-world-events'
import pc from 'picocolors'
import { sessionLedgers } from './cast.ts'
import { LineLog } from './line-log.ts'
import type { Message } from './message.ts'
import { TurnPairing } from './turn.ts'
import type { Turn } from './turn.ts'
import { formatTurn } from './turn-text.ts'

const isDone = new AbortController()
const log = new LineLog()
const turns: Turn[] = []

process.on('message', (message: Message) => {
  if (message.kind !== 'sizes') return
  log.expect(message.sizes)
  if (log.isComplete) isDone.abort()
})

const everything = connectAll({ ledgers: ['worlds/*'], schema: worldEvents })
const sessions = connectAll({ ledgers: sessionLedgers, schema: worldEvents })
await Promise.all([keepLines(), printTurns()])
await Promise.all([everything.close(), sessions.close()])
const report: Message = {
  kind: 'replayed',
  report: {
    ledgers: log.reports(),
    turns: turns.length,
    turnsWithCounterpart: turns.filter(({ changes }) => changes !== undefined).length,
  },
}
process.send?.(report, () => process.disconnect())

/** Exact lines, any type, any ledger, also those that do not exist yet. */
async function keepLines(): Promise<void> {
  for await (const { ledger, seq, line } of everything.lines({ follow: true, signal: isDone.signal })) {
    log.add(ledger, seq, line)
    if (log.isComplete) isDone.abort()
  }
}

/** Typed events: what `type` says decides what `data` is. */
async function printTurns(): Promise<void> {
  const pairings = new Map(sessionLedgers.map((ledger) => [ledger, new TurnPairing()]))
  for await (const event of sessions.follow({ signal: isDone.signal })) {
    const pairing = pairings.get(event.ledger)
    if (event.type === 'chat.mechanical_resolution') pairing?.addResolution(event.link, event.data)
    else {
      const turn = pairing?.addTranslation(event.seq, event.link, event.data)
      if (turn === undefined) continue
      turns.push(turn)
      console.log(formatTurn(event.ledger.replace('worlds/', ''), turn, pc))
    }
  }
}
