import { describe, expect, it } from 'vitest'
import { drain } from './drain.ts'
import { greeting } from './greeting.ts'
import { Health } from './health.ts'
import { humanLog, jsonLog, silentLog } from './log.ts'
import type { Log } from './log.ts'
import { MetricsBoard } from './metrics.ts'
import { metricsPage } from './prometheus.ts'

describe('the log', () => {
  const hostile = 'a\n{"level":"error"}\u001b[2J\u202e\u007f\u2028é'
  const forms: { name: string; open: (target: { write(text: string): void }) => Log }[] = [
    { name: 'json', open: (target) => jsonLog(target, () => 0) },
    { name: 'human', open: (target) => humanLog(target, () => 0) },
  ]
  it.each(forms)('in $name form is one printable line each, whatever comes in', ({ open }) => {
    const written: string[] = []
    const log = open({ write: (text) => void written.push(text) })
    log.warn('something', { client: hostile, long: 'x'.repeat(1000), none: undefined, count: 3 })
    expect(written).toHaveLength(1)
    expect(written[0]).toMatch(/^[\x20-\x7e]+\n$/)
    expect(written[0]?.length).toBeLessThan(600)
  })

  it('in json form keeps the meaning of what it escapes', () => {
    let line = ''
    jsonLog({ write: (text) => (line = text) }, () => 0).info('met', { client: hostile })
    expect(JSON.parse(line)).toEqual({ level: 'info', time: '1970-01-01T00:00:00.000Z', client: hostile, msg: 'met' })
  })
})

describe('metrics', () => {
  it('come out as Prometheus text, read when asked for', async () => {
    const board = new MetricsBoard()
    const page = metricsPage(board)
    board.count('appends', 2)
    board.countError('QUEUE_FULL')
    board.observe('group_lines', 3)
    const forget = board.gauge('streams_open', () => 4)
    board.gauge('streams_open', () => 1)
    const first = page.render()
    for (const line of [
      'ledgerd_appends_total 2',
      'ledgerd_errors_total{code="QUEUE_FULL"} 1',
      'ledgerd_streams_open 5',
      'ledgerd_group_lines_bucket{le="4"} 1',
    ])
      expect(first.split('\n')).toContain(line)
    forget()
    board.count('appends')
    const second = page.render().split('\n')
    expect(second).toContain('ledgerd_appends_total 3')
    expect(second).toContain('ledgerd_streams_open 1')
  })
})

describe('draining', () => {
  it('marks the daemon, closes the doors, then the ledgers; and cuts off who does not let go', async () => {
    const steps: string[] = []
    let onLate: (() => void) | undefined
    const health = new Health(() => [], new MetricsBoard())
    let letGo: (() => void) | undefined
    const doors = {
      drain: () => new Promise<void>((resolve) => (letGo = resolve)),
      destroy: () => {
        steps.push('destroy')
        letGo?.()
      },
    }
    const engine = { close: async () => void steps.push('close') }
    const lock = { release: () => void steps.push('release') }
    const timers = {
      now: () => 0,
      every: () => () => {},
      after: (_: number, run: () => void) => ((onLate = run), () => void steps.push('in time')),
    }
    const done = drain({ health, doors, engine, lock, timers, log: silentLog, drainTimeoutMs: 5 })
    expect(health.phase).toBe('draining')
    onLate?.()
    expect(await done).toBe(true)
    expect(steps).toEqual(['destroy', 'in time', 'close', 'release'])
  })

  it('closes the rest when one part is refused, and says in one line what was', async () => {
    const said: string[] = []
    const closed: string[] = []
    const refuse = (part: string): void => {
      closed.push(part)
      throw new Error(`EIO of ${part}`)
    }
    const log: Log = { ...silentLog, error: (event, { reason } = {}) => void said.push(`${event}: ${String(reason)}`) }
    const isClosed = await drain({
      health: new Health(() => [], new MetricsBoard()),
      doors: { drain: async () => refuse('doors'), destroy: () => {} },
      engine: { close: async () => refuse('engine') },
      lock: { release: () => refuse('lock') },
      timers: { now: () => 0, every: () => () => {}, after: () => () => {} },
      log,
      drainTimeoutMs: 5,
    })
    const reasons = 'Error: EIO of doors; Error: EIO of engine; Error: EIO of lock'
    expect([isClosed, closed, said]).toEqual([
      false,
      ['doors', 'engine', 'lock'],
      [`stopped, but not everything could be closed: ${reasons}`],
    ])
  })
})

describe('the greeting', () => {
  it('shows a command that a shell reads as it stands', () => {
    const text = greeting({
      dataFolder: '/d',
      ledgers: Array.from({ length: 10 }, (_, n) => `l${n}`),
      url: 'http://127.0.0.1:1',
      sockets: ["/it's here/sock"],
      tokenFile: '/t',
    })
    expect(text).toContain(`--unix-socket '/it'\\''s here/sock' http://localhost/v1/ledgers/worlds/demo/append`)
    expect(text).toContain('l7, and 2 more')
  })
})
