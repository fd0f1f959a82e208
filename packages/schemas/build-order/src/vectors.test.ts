// One changed byte in a fixture changes a verdict; editors and version control have changed bytes before.
import { sha256Hex } from '@ledgerd/canonical'
import { expect, it } from 'vitest'
import { readVector } from '../conformance/build-desk.ts'

const sums = new TextDecoder().decode(readVector('SHA256SUMS')).trim().split('\n')

it('are the bytes they were', () => {
  expect(sums).toHaveLength(8)
  for (const line of sums) {
    const [sum = '', path = ''] = line.split(/ +/)
    expect(sha256Hex(readVector(path)), path).toBe(sum)
  }
})
