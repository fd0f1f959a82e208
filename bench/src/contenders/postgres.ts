// PostgreSQL, synchronous_commit on, twice: as it is used without thought, one INSERT per event over a pool, and as an
// expert would, with the events that wait gathered into one INSERT of an unnested array.
import pg from 'pg'
import { type Appender, closedLoop } from '../closed-loop.ts'
import type { Contender } from '../contender.ts'
import { formatEnvelope } from '../envelope.ts'
import { startPostgres } from './postgres-server.ts'

const createTable =
  'CREATE TABLE IF NOT EXISTS events (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event text NOT NULL)'
const insertOne = { name: 'one', text: 'INSERT INTO events (event) VALUES ($1) RETURNING seq' }
/** The events go joined by LF, which JSON never holds raw: escaping them into an array literal costs a third of the rate. */
const insertMany = {
  name: 'many',
  text: String.raw`INSERT INTO events (event) SELECT unnest(string_to_array($1, E'\n')) RETURNING seq`,
}

/** More connections than this only make PostgreSQL slower on a small machine. */
const poolSize = 32
/** Batches on their way at once: while one is being synced the next is already parsed. */
const batchersMax = 2
const batchEventsMax = 2048

export const postgresSingle: Contender = {
  name: 'postgres-single',
  title: 'PostgreSQL, single inserts',
  sync: '1 sync',
  takes: (level) => level.batch === 1,
  start: ({ scratch }) => startPostgres(scratch),
  open: async (target, options) => closedLoop(await openSingle(target), options),
}

export const postgresBatched: Contender = {
  name: 'postgres',
  title: 'PostgreSQL, batched unnest insert',
  sync: '1 sync',
  takes: () => true,
  start: ({ scratch }) => startPostgres(scratch),
  open: async (target, options) => closedLoop(await openBatched(target), options),
}

async function openPool(folder: string, size: number): Promise<pg.Pool> {
  const pool = new pg.Pool({ host: folder, user: 'bench', database: 'postgres', max: size })
  await pool.query(createTable)
  return pool
}

async function openSingle(target: string): Promise<Appender> {
  const pool = await openPool(target, poolSize)
  return {
    append: (event) => pool.query(insertOne, [formatEnvelope(event)]),
    appendBatch: (events) => Promise.all(events.map((event) => pool.query(insertOne, [formatEnvelope(event)]))),
    close: () => pool.end(),
  }
}

async function openBatched(target: string): Promise<Appender> {
  const pool = await openPool(target, batchersMax)
  const batcher = new Batcher((events) => pool.query(insertMany, [events.join('\n')]))
  return {
    append: (event) => batcher.add([formatEnvelope(event)]),
    appendBatch: (events) => batcher.add(events.map(formatEnvelope)),
    close: () => pool.end(),
  }
}

interface Waiting {
  readonly events: readonly string[]
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Natural batching: what arrives while `batchersMax` inserts are on their way goes out together with the next one. */
class Batcher {
  readonly #insert: (events: string[]) => Promise<unknown>
  #waiting: Waiting[] = []
  #inFlight = 0
  #isScheduled = false

  constructor(insert: (events: string[]) => Promise<unknown>) {
    this.#insert = insert
  }

  add(events: readonly string[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ events, resolve, reject })
      this.#schedule()
    })
  }

  /** At the end of the tick, so that everyone whom one answer woke is in the same batch. */
  #schedule(): void {
    if (this.#isScheduled || this.#inFlight >= batchersMax) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      void this.#send()
    })
  }

  async #send(): Promise<void> {
    const batch = this.#waiting.splice(0, batchEventsMax)
    if (batch.length === 0) return
    this.#inFlight++
    try {
      await this.#insert(batch.flatMap((waiting) => waiting.events))
      for (const waiting of batch) waiting.resolve()
    } catch (error) {
      for (const waiting of batch) waiting.reject(error)
    }
    this.#inFlight--
    if (this.#waiting.length > 0) this.#schedule()
  }
}
