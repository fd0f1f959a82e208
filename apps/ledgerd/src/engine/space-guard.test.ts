import { describe, expect, it } from 'vitest'
import { SpaceGuard } from './space-guard.ts'

function guarded(freeAtFirst: number) {
  const disk = { free: freeAtFirst, looks: 0 }
  const warnings: string[] = []
  const guard = new SpaceGuard({
    freeBytes: () => {
      disk.looks++
      return disk.free
    },
    freeBytesMin: 1000,
    retryAfterMs: 7,
    onLow: (sentence) => warnings.push(sentence),
  })
  return { disk, warnings, guard }
}

describe('SpaceGuard', () => {
  it('looks again only after megabytes while there is room', () => {
    const { disk, guard } = guarded(1000)
    for (let n = 0; n < 100; n++) guard.assertRoom(1000)
    expect(disk.looks).toBe(1)
    guard.assertRoom(5 << 20)
    expect(disk.looks).toBe(2)
  })

  it('refuses below the limit, warns once, and takes appends again as soon as there is room', () => {
    const { disk, warnings, guard } = guarded(999)
    for (let n = 0; n < 3; n++)
      expect(() => guard.assertRoom(1)).toThrow(
        expect.objectContaining({
          code: 'BUSY',
          outcome: 'absent',
          retryAfterMs: 7,
          details: { reason: 'disk-full', freeBytes: 999 },
        }),
      )
    expect(warnings).toEqual(['999 bytes are free on the disk, appends need 1000; make room'])
    disk.free = 1000
    guard.assertRoom(1)
    disk.free = 0
    expect(() => guard.assertRoom(5 << 20)).toThrow('BUSY')
    expect(warnings).toHaveLength(2)
  })
})
