import { expect, it } from 'vitest'
import { compareVersions } from './version-order.ts'

// The order that semver 2.0.0 §11 gives as its example, with neighbours of our own.
const rising = [
  ...['0.9.9', '0.10.0', '1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta', '1.0.0-beta.2'],
  ...['1.0.0-beta.11', '1.0.0-rc.1', '1.0.0', '2.0.0', '2.1.0', '2.1.1', '10.0.0'],
]

it('orders every pair of versions', () => {
  for (const [at, a] of rising.entries())
    for (const [other, b] of rising.entries())
      expect([a, b, Math.sign(compareVersions(a, b))]).toEqual([a, b, Math.sign(at - other)])
})

it('passes over build metadata', () => expect(compareVersions('1.0.0+a', '1.0.0+b')).toBe(0))
