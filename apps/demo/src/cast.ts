// Who plays in the demo: the two game servers, what each replays, and the ledgers that come of it.

/** A recorded ledger that a server replays through the SDK, as typed events. */
export interface SessionPart {
  readonly recording: string
  readonly ledger: string
}

/** Every other line of a recorded ledger, posted over HTTP exactly as it is spelled. */
export interface CuriosityPart extends SessionPart {
  /** Lines whose index modulo the number of servers is this. */
  readonly share: number
}

export interface ServerRole {
  readonly name: string
  readonly session: SessionPart
  readonly curiosities: CuriosityPart
}

const curiosities = { recording: 'src_flavour', ledger: 'worlds/curiosities' }

export const serverRoles: readonly ServerRole[] = [
  {
    name: 'undertaking-server',
    session: { recording: 'daily_undertaking', ledger: 'worlds/daily_undertaking' },
    curiosities: { ...curiosities, share: 0 },
  },
  {
    name: 'web-server',
    session: { recording: 'pipeworks_web', ledger: 'worlds/pipeworks_web' },
    curiosities: { ...curiosities, share: 1 },
  },
]

/** Followed turn by turn. */
export const sessionLedgers: readonly string[] = serverRoles.map(({ session }) => session.ledger)
/** Written by both servers at once. */
export const sharedLedger: string = curiosities.ledger
/** A file of the original writer that lies in the data folder before the daemon starts. */
export const adopted: SessionPart & { readonly lines: number } = {
  recording: 'race',
  ledger: 'worlds/race',
  lines: 600,
}
