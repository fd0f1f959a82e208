// One kind of visitor, in a process of its own. argv: kind, url, port, folder of recorded lines, seed.
import { invariant } from '@ledgerd/schema'
import { eventSource, readRecordedLines } from './recorded-events.ts'
import { appendsAtFullSpeed, appendsAtRate } from './visitors/appends.ts'
import { type Healthy, openHealthy, type Waited } from './visitors/healthy.ts'
import { slowHeaders } from './visitors/slow-headers.ts'
import { storm } from './visitors/storm.ts'
import { stuck } from './visitors/stuck.ts'
import type { Stop, Visitor } from './visitors/visitor.ts'
import { obeyOrders } from './worker-orders.ts'

/** What the bench asks of it: `measure` of the healthy client, the others of the rest. */
export type VisitorOrder =
  | { readonly kind: 'measure'; readonly windowMs: number }
  | { readonly kind: 'start' }
  | { readonly kind: 'stop' }

export type VisitorAnswer = Partial<Waited> & { readonly count?: number }

const visitors: readonly Visitor[] = [appendsAtFullSpeed, appendsAtRate, slowHeaders, storm, stuck]

const [name = '', url = '', port = '', folder = '', seed = '0'] = process.argv.slice(2)
const nextEvent = eventSource(readRecordedLines(folder), Number(seed))
const options = { url, port: Number(port), nextEvent }
const visitor = visitors.find((one) => one.name === name)
const healthy: Healthy | undefined = visitor === undefined ? openHealthy(options) : undefined
let stop: Stop | undefined

obeyOrders<VisitorOrder, VisitorAnswer>(
  async (order) => {
    if (order.kind === 'measure') {
      invariant(healthy !== undefined, 'only the healthy client is measured')
      return await healthy.measure(order.windowMs)
    }
    if (order.kind === 'start') stop = await visitor?.start(options)
    else return { count: (await stop?.()) ?? 0 }
    return {}
  },
  async () => healthy?.close(),
)
