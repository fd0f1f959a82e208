// One game server of the demo, in its own process: replays its recorded session through the SDK at the pace of a game,
// and its share of the curiosities over HTTP, both into the one daemon. Its report goes to the parent.
import { connect } from '@ledgerd/client'
import type { Receipt } from '@ledgerd/client'
import { worldEvents } from '@ledgerd/schema-world-events'
import { setTimeout as delay } from 'node:timers/promises'
import { serverRoles } from './cast.ts'
import type { CuriosityPart, SessionPart } from './cast.ts'
import { postDrafts } from './http-append.ts'
import type { Message, ServerReport } from './message.ts'
import { draftText, parseRecordedLine, readRecording } from './recording.ts'
import type { RecordedEvent } from './recording.ts'

/** Appends without an answer; beyond it the server waits, as a game would rather than forget. */
const inFlightMax = 64
const curiositiesPerPost = 16

const [name, linesPerSecond] = [process.argv[2], Number(process.argv[3])]
const role = serverRoles.find((candidate) => candidate.name === name)
if (role === undefined) throw new Error(`no game server is called ${name}`)

const [session, curiosities] = await Promise.all([replaySession(role.session), postCuriosities(role.curiosities)])
tell({ kind: 'served', report: { name: role.name, ...session, ...curiosities } satisfies ServerReport })
process.disconnect()

/** The recorded session as typed events, in order. A server that lost an answer sends again, so the last one is sent twice. */
async function replaySession({ recording, ledger }: SessionPart) {
  const events = (await readRecording(recording)).map(parseRecordedLine)
  const world = connect({ ledger, schema: worldEvents })
  const receipts: Promise<Receipt>[] = []
  const startMs = performance.now()
  for (const [index, event] of events.entries()) {
    await delay(Math.max(0, startMs + (index * 1000) / linesPerSecond - performance.now()))
    if (index >= inFlightMax) await receipts[index - inFlightMax]
    receipts.push(append(event))
    if (index === Math.floor(events.length / 2)) tell({ kind: 'halfway' })
    if (index > 0) continue
    await receipts[0]
    tell({ kind: 'ready' })
  }
  const settled = await Promise.all(receipts)
  const last = events.at(-1)
  const repeat = last === undefined ? undefined : await append(last)
  await world.close()
  return {
    sessionReceipts: settled.length,
    weakReceipts: settled.filter(({ durable }) => durable !== 'fsync').length,
    isRepeatRecognised: repeat?.duplicate === true && repeat.seq === settled.at(-1)?.seq,
  }

  function append({ type, data, id, link, meta }: RecordedEvent): Promise<Receipt> {
    return world.append(type as 'chat.translation', data as never, { id, link, meta })
  }
}

/** Every other curiosity, spelled as it was recorded. Two of them are no JSON that a line may hold, and must be refused. */
async function postCuriosities({ recording, ledger, share }: CuriosityPart) {
  const lines = await readRecording(recording)
  const drafts = lines.filter((_, index) => index % serverRoles.length === share).map(draftText)
  const paceMs = (1000 * curiositiesPerPost) / linesPerSecond
  const outcomes = []
  for (let from = 0; from < drafts.length; from += curiositiesPerPost) {
    outcomes.push(...(await postDrafts(ledger, drafts.slice(from, from + curiositiesPerPost))))
    await delay(paceMs)
  }
  return {
    curiosityReceipts: outcomes.filter(({ durable }) => durable === 'fsync').length,
    refusals: outcomes.flatMap(({ error }) => (error === undefined ? [] : [error.code])),
  }
}

function tell(message: Message): void {
  process.send?.(message)
}
