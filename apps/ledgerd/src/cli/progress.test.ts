import { describe, expect, it } from 'vitest'
import { Progress } from './progress.ts'

/** Updates once a second for three minutes; returns what was said and when. */
function watch(options: {
  isTerminal: boolean
  isJson?: boolean
  isQuiet?: boolean
}): { atMs: number; text: string }[] {
  let nowMs = 0
  const said: { atMs: number; text: string }[] = []
  const io = {
    stdin: [] as unknown as AsyncIterable<Uint8Array>,
    write: () => Promise.resolve(),
    say: (text: string) => void said.push({ atMs: nowMs, text }),
    isOutTerminal: options.isTerminal,
    isErrTerminal: options.isTerminal,
    env: {},
    nowMs: () => nowMs,
    interrupted: new AbortController().signal,
  }
  const { isQuiet = false, isJson = false } = options
  const progress = new Progress({ io, isQuiet, isJson, target: 'x', totalBytes: 2_000_000 })
  for (; nowMs <= 180_000; nowMs += 1000) progress.update({ bytes: nowMs * 10, lines: nowMs })
  progress.end()
  return said
}

describe('progress', () => {
  it('is redrawn on a terminal, from the first update, and cleared', () => {
    const said = watch({ isTerminal: true })
    expect(said[0]).toMatchObject({ atMs: 0 })
    expect(said).toHaveLength(182)
    expect(said[60]?.text).toBe('\r\x1b[Kx  60,000 lines  600 kB  30 %  10.0 kB/s  140 s left')
    expect(said.at(-1)?.text).toBe('\r\x1b[K')
  })

  it('is one line after 30 s and then one a minute off it', () => {
    const said = watch({ isTerminal: false })
    expect(said.map((one) => one.atMs)).toEqual([30_000, 90_000, 150_000])
    expect(said[0]?.text).toBe('x  30,000 lines  300 kB  15 %  10.0 kB/s  170 s left\n')
  })

  it('is one object a second with --json, on a terminal, too', () => {
    for (const isTerminal of [true, false]) {
      const said = watch({ isTerminal, isJson: true })
      expect(said).toHaveLength(180)
      expect(JSON.parse(said[1]?.text ?? '')).toEqual({
        kind: 'progress',
        v: 1,
        target: 'x',
        bytes: 20_000,
        lines: 2000,
        totalBytes: 2_000_000,
        elapsedMs: 2000,
      })
    }
  })

  it('is nothing with -q', () => {
    expect(watch({ isTerminal: true, isQuiet: true })).toEqual([])
  })
})
