// What a system is to those who read from it: all that is stored, or what comes from now on.

/** `raw`: the stored text of each event. `typed`: parsed, and where the system knows a schema, checked. */
export type EventForm = 'raw' | 'typed'

export interface FollowSystem {
  readonly name: string
  readonly title: string
  /** Reads everything stored; resolves with the number of events. */
  readonly catchUp: (target: string, form: EventForm) => Promise<number>
  /** Follows over a connection of its own from now on, raw; settles when told to stop. `onReady` once it is live. */
  readonly followLive: (target: string, options: LiveOptions) => Promise<void>
  /** Follows everything over a connection of its own, takes the first event, and never another. */
  readonly getStuck: (target: string) => Promise<void>
}

export interface LiveOptions {
  readonly onReady: () => void
  readonly onEvents: (count: number) => void
  readonly signal: AbortSignal
}
