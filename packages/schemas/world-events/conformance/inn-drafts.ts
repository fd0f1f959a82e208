// For tests: drafts of the world `inn`, as text on the wire, and what became of a refused one.
import { LedgerError } from '@ledgerd/schema'
import { encodeDraft } from '../src/draft-text.ts'
import { ipcHash } from '../src/ipc-hash.ts'
import { openWriter } from '../src/writer.ts'

const encoder = new TextEncoder()
export const draftId = '0123456789abcdef0123456789abcdef'

export function admit(draft: string): ReturnType<ReturnType<typeof openWriter>['admit']> {
  return openWriter({ ledger: 'worlds/inn' }).admit(encoder.encode(draft))
}

/** A draft of an undeclared type; members are given as JSON text. */
export function draftOf(members: Readonly<Record<string, string>>): string {
  const all = { type: '"weather.changed"', data: '{}', id: `"${draftId}"`, ...members }
  const texts = Object.entries(all).map(([name, text]) => `"${name}": ${text}`)
  return `{${texts.join(', ')}}`
}

/** The state that `resolutionDraft` starts from. */
export const innState = {
  world_id: 'inn',
  speaker_id: 7,
  listener_id: 12,
  channel: 'say',
  axis_snapshot_before: { '7': { demeanor: 0.87, health: 1 }, '12': { demeanor: 0.51 } },
  grammar_version: '1.0',
} as const

export interface ResolutionChanges {
  readonly speaker?: object
  readonly listener?: object
  readonly before?: object
  readonly link?: string | null
}

export function resolutionDraft(changes: ResolutionChanges = {}): string {
  const deltas = { demeanor: 0.011, health: -0.01 }
  return encodeDraft({
    type: 'chat.mechanical_resolution',
    id: draftId,
    link: changes.link === undefined ? ipcHash(innState) : changes.link,
    data: {
      axis_snapshot_before: changes.before ?? innState.axis_snapshot_before,
      channel: 'say',
      grammar_version: '1.0',
      listener: {
        character_id: 12,
        character_name: 'Kael Rhys',
        axis_deltas: { demeanor: -0.011 },
        ...changes.listener,
      },
      speaker: { character_id: 7, character_name: 'Mira Voss', axis_deltas: deltas, ...changes.speaker },
    },
  })
}

/** The code and details with which `run` was refused. */
export function refusalOf(run: () => unknown): Pick<LedgerError, 'code' | 'details' | 'message'> {
  try {
    run()
  } catch (error) {
    if (error instanceof LedgerError) return error
    throw error
  }
  throw new Error('nothing was refused')
}
