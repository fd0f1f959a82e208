import { describe, expect, it } from 'vitest'
import { usualSocketPath } from './usual-socket.ts'

describe('usualSocketPath', () => {
  const own = `/temporary/ledgerd-${process.getuid?.() ?? -1}/ledgerd.sock`
  it.each([
    { name: 'the runtime folder', runtime: '/run/user/7', want: '/run/user/7/ledgerd.sock' },
    { name: 'no runtime folder', runtime: undefined, want: own },
    { name: 'an empty one', runtime: '', want: own },
  ])('is in $name', ({ runtime, want }) => expect(usualSocketPath(runtime, '/temporary')).toBe(want))
})
