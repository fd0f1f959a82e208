// The metrics page as a scraper reads it, with every family there is, and with a ledger that stopped.
import { describe, expect, it } from 'vitest'
import { parseExposition } from '../../test/exposition.ts'
import { defaultLimits as limits } from '../config.ts'
import type { LedgerStat } from '../engine/ports.ts'
import { stopReasons } from '../engine/stop-remedy.ts'
import { watchEngine } from './engine-gauges.ts'
import { Health } from './health.ts'
import { counterHelp, gaugeHelp, histogramHelp, labelledGaugeHelp, MetricsBoard } from './metrics.ts'
import { metricsPage } from './prometheus.ts'

const stat: LedgerStat = {
  ledger: 'worlds/hall',
  size: 1,
  bytes: 1,
  root: undefined,
  epoch: 1,
  state: 'stopped',
  reason: 'sync-failed',
  stop: { since: '2026-01-01T00:00:00.500Z', message: 'EIO', remedy: 'look at "the \\ disk"\nthen restart' },
  schema: 's',
  profile: 'p',
}

function open(stopped: readonly LedgerStat[]): { board: MetricsBoard; health: Health; render: () => string } {
  const board = new MetricsBoard()
  const health = new Health(() => stopped, board)
  const load = { queuedBytes: 5, openLedgers: 2, openingLedgers: 1 }
  watchEngine({ load: () => load, heldCount: () => 2, limits, freeBytes: () => 4096, metrics: board })
  const page = metricsPage(board)
  return { board, health, render: () => page.render() }
}

describe('the metrics page', () => {
  it('is strict Prometheus text with every family, each with a unit or a count in its name', () => {
    const { board, render } = open([stat])
    board.countError('QUEUE_FULL')
    for (const value of [0.00005, 0.3, 7]) board.observe('commit_seconds', value)
    const families = parseExposition(render())
    const names = [
      ...Object.keys(counterHelp).map((name) => `${name}_total`),
      ...[gaugeHelp, histogramHelp, labelledGaugeHelp].flatMap((help) => Object.keys(help)),
      'errors_total',
      'limits_hit_total',
    ]
    expect([...families.keys()].toSorted()).toEqual(names.map((name) => `ledgerd_${name}`).toSorted())
    for (const { name, samples } of families.values()) expect(samples.length, name).toBeGreaterThan(0)
  })

  it('has a gauge for every limit', () => {
    const samples = parseExposition(open([]).render()).get('ledgerd_limit')?.samples ?? []
    expect(Object.fromEntries(samples.map(({ labels, value }) => [labels['limit'], value]))).toEqual({ ...limits })
  })

  it('says of a stopped ledger why, since when and what to do, in whatever characters', () => {
    const families = parseExposition(open([stat]).render())
    expect(families.get('ledgerd_ledger_stopped_timestamp_seconds')?.samples).toEqual([
      {
        name: 'ledgerd_ledger_stopped_timestamp_seconds',
        labels: { ledger: stat.ledger, reason: 'sync-failed', remedy: stat.stop?.remedy },
        value: Date.UTC(2026, 0, 1) / 1000 + 0.5,
      },
    ])
    const byReason = families.get('ledgerd_ledgers_stopped')?.samples ?? []
    expect(byReason.map(({ labels }) => labels['reason'])).toEqual(stopReasons)
    expect(byReason.filter(({ value }) => value === 1).map(({ labels }) => labels['reason'])).toEqual(['sync-failed'])
  })

  it('names the first hundred stopped ledgers and counts all', () => {
    const many = Array.from({ length: 250 }, (_, n) => ({ ...stat, ledger: `l${n}` }))
    const families = parseExposition(open(many).render())
    expect(families.get('ledgerd_ledger_stopped_timestamp_seconds')?.samples).toHaveLength(100)
    const counted = (families.get('ledgerd_ledgers_stopped')?.samples ?? []).reduce((sum, { value }) => sum + value, 0)
    expect(counted).toBe(250)
  })

  const table = [
    { name: 'serving and well', phase: 'serving', stopped: [], want: 1 },
    { name: 'starting', phase: 'starting', stopped: [], want: 0 },
    { name: 'draining', phase: 'draining', stopped: [], want: 0 },
    { name: 'with a stopped ledger', phase: 'serving', stopped: [stat], want: 0 },
  ] as const
  for (const { name, phase, stopped, want } of table)
    it(`and readiness agree: ${name}`, () => {
      const { health, render } = open(stopped)
      health.phase = phase
      expect(health.readiness().isReady).toBe(want === 1)
      expect(parseExposition(render()).get('ledgerd_ready')?.samples[0]?.value).toBe(want)
    })

  it('stays whole when the disk cannot be asked', () => {
    const board = new MetricsBoard()
    const freeBytes = (): number => {
      throw new Error('ENOENT')
    }
    watchEngine({
      heldCount: () => 0,
      load: () => ({ queuedBytes: 0, openLedgers: 0, openingLedgers: 0 }),
      limits,
      freeBytes,
      metrics: board,
    })
    const families = parseExposition(metricsPage(board).render())
    expect(families.get('ledgerd_disk_free_bytes')?.samples[0]?.value).toBe(0)
  })
})

describe('the strict reader', () => {
  const good = '# HELP a_total what it counts\n# TYPE a_total counter\na_total{x="1"} 2\n'
  const table: readonly { name: string; page: string }[] = [
    { name: 'no LF at the end', page: good.slice(0, -1) },
    { name: 'no TYPE', page: good.replace(/# TYPE.*\n/, '') },
    { name: 'no HELP', page: good.replace(/# HELP.*\n/, '') },
    { name: 'a family twice', page: `${good}${good}` },
    { name: 'a series twice', page: `${good}a_total{x="1"} 3\n` },
    { name: 'a stray sample', page: `${good}b 3\n` },
    { name: 'an open quote', page: good.replace('"1"', '"1') },
    { name: 'a raw line feed', page: good.replace('"1"', '"\n"') },
    { name: 'no number', page: good.replace(' 2', ' two') },
    { name: 'a counter by another name', page: good.replaceAll('a_total', 'a') },
    { name: 'nothing explained', page: good.replace('what it counts', 'a') },
  ]
  it('reads a good page', () => expect(parseExposition(good).size).toBe(1))
  for (const { name, page } of table)
    it(`refuses ${name}`, () => expect(() => parseExposition(page)).toThrow('the metrics page'))
})
