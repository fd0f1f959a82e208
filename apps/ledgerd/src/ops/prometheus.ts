// The Prometheus text of a metrics board. Values are read when the page is asked for, so counting costs nothing extra.
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { counterHelp, gaugeHelp, histogramHelp, labelledGaugeHelp, limitHelp } from './metrics.ts'
import type { CounterName, GaugeName, HistogramName, LabelledGaugeName, LimitName, MetricsBoard } from './metrics.ts'

export interface MetricsPage {
  readonly contentType: string
  render(): Promise<string>
}

/** Binds a board to a registry of its own; nothing global is touched. */
export function metricsPage(board: MetricsBoard): MetricsPage {
  const registry = new Registry()
  for (const name of Object.keys(counterHelp) as CounterName[]) addCounter(registry, board, name)
  for (const name of Object.keys(gaugeHelp) as GaugeName[]) addGauge(registry, board, name)
  for (const name of Object.keys(labelledGaugeHelp) as LabelledGaugeName[]) addLabelledGauge(registry, board, name)
  addErrors(registry, board)
  addLimits(registry, board)
  addHistograms(registry, board)
  return { contentType: registry.contentType, render: () => registry.metrics() }
}

function addCounter(registry: Registry, board: MetricsBoard, name: CounterName): void {
  new Counter({
    name: `ledgerd_${name}_total`,
    help: counterHelp[name],
    registers: [registry],
    collect() {
      this.reset()
      this.inc(board.counters[name])
    },
  })
}

function addGauge(registry: Registry, board: MetricsBoard, name: GaugeName): void {
  new Gauge({
    name: `ledgerd_${name}`,
    help: gaugeHelp[name],
    registers: [registry],
    collect() {
      this.set(board.gaugeValue(name))
    },
  })
}

function addLabelledGauge(registry: Registry, board: MetricsBoard, name: LabelledGaugeName): void {
  const { help, labels } = labelledGaugeHelp[name]
  new Gauge({
    name: `ledgerd_${name}`,
    help,
    labelNames: [...labels],
    registers: [registry],
    collect() {
      this.reset()
      for (const sample of board.samplesOf(name)) this.set(sample.labels, sample.value)
    },
  })
}

function addErrors(registry: Registry, board: MetricsBoard): void {
  new Counter({
    name: 'ledgerd_errors_total',
    help: 'Errors answered, by code',
    labelNames: ['code'],
    registers: [registry],
    collect() {
      this.reset()
      for (const [code, count] of board.errors) this.inc({ code }, count)
    },
  })
}

/** Zeros are shown too, so that an alert can be written before the first hit. */
function addLimits(registry: Registry, board: MetricsBoard): void {
  const names = Object.keys(limitHelp) as LimitName[]
  new Counter({
    name: 'ledgerd_limits_hit_total',
    help: `Times that a visitor ran into a limit: ${names.map((name) => `${name} (${limitHelp[name]})`).join(', ')}`,
    labelNames: ['limit'],
    registers: [registry],
    collect() {
      this.reset()
      for (const limit of names) this.inc({ limit }, board.limits[limit])
    },
  })
}

function addHistograms(registry: Registry, board: MetricsBoard): void {
  const histograms = new Map<HistogramName, Histogram>()
  for (const name of Object.keys(histogramHelp) as HistogramName[]) {
    const { help, buckets } = histogramHelp[name]
    histograms.set(name, new Histogram({ name: `ledgerd_${name}`, help, buckets: [...buckets], registers: [registry] }))
  }
  board.onObserved((name, value) => histograms.get(name)?.observe(value))
}
