// The load: so many callers, each of which asks again as soon as it was answered. What is not answered is not counted.
import type { Load, LoadSession, Measured } from './contender.ts'
import { LatencyHistogram } from './latency-histogram.ts'
import type { RecordedEvent } from './recorded-events.ts'

/** The two calls a Node contender must offer. Each settles when the events are durable by the contender's own rule. */
export interface Appender<Event = RecordedEvent> {
  append(event: Event): Promise<unknown>
  appendBatch(events: readonly Event[]): Promise<unknown>
  close(): Promise<void>
}

/** Runs windows of load against an appender. */
export function closedLoop<Event = RecordedEvent>(
  appender: Appender<Event>,
  options: { readonly nextEvent: () => Event },
): LoadSession {
  return {
    run: (load) => runWindow(appender, options.nextEvent, load),
    close: () => appender.close(),
  }
}

async function runWindow<Event>(appender: Appender<Event>, nextEvent: () => Event, load: Load): Promise<Measured> {
  const latencies = new LatencyHistogram()
  const from = performance.now() + load.warmUpMs
  const until = from + load.windowMs
  let receiptCount = 0
  const call = async (): Promise<void> => {
    for (let began = performance.now(); began < until; ) {
      if (load.batch === 1) await appender.append(nextEvent())
      else await appender.appendBatch(Array.from({ length: load.batch }, nextEvent))
      const ended = performance.now()
      if (ended >= from && ended < until) {
        receiptCount++
        latencies.add(ended - began)
      }
      began = ended
    }
  }
  await Promise.all(Array.from({ length: load.callers }, call))
  return {
    eventsPerSecond: (receiptCount * load.batch * 1000) / load.windowMs,
    p50Ms: latencies.quantile(0.5),
    p99Ms: latencies.quantile(0.99),
  }
}
