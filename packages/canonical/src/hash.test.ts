import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as node from './digest-node.ts'
import * as portable from './digest-portable.ts'
import { contentHash, sha256, sha256Hex } from './hash.ts'

const encoder = new TextEncoder()

describe('hash', () => {
  const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
  it.each([
    { name: 'nothing', input: '', want: empty },
    {
      name: 'abc (FIPS 180-4)',
      input: 'abc',
      want: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    },
    { name: 'UTF-8', input: 'é', want: '4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c' },
  ])('sha256 of $name', ({ input, want }) => {
    expect(sha256Hex(input)).toBe(want)
    expect(sha256Hex(encoder.encode(input))).toBe(want)
    expect(Buffer.from(sha256(encoder.encode(input))).toString('hex')).toBe(want)
  })

  it('names the algorithm of a content hash', () => {
    expect(contentHash('sha256', '')).toBe(`sha256:${empty}`)
    expect(contentHash('sha1', 'abc')).toBe('sha1:a9993e364706816aba3e25717850c26c9cd0d89d')
  })

  it('gives plain bytes, whose slice is a copy', () => {
    for (const digest of [node.digest, portable.digest]) {
      expect(Object.getPrototypeOf(digest('sha256', new Uint8Array(1)))).toBe(Uint8Array.prototype)
    }
  })
})

describe.each([
  { name: 'node', platform: node },
  { name: 'portable', platform: portable },
])('digest on $name', ({ platform }) => {
  it.each(['sha256', 'sha1'] as const)('%s is that of createHash, at every length around the blocks', (algo) => {
    for (let length = 0; length < 200; length++) {
      const data = Uint8Array.from({ length }, (_, i) => (i * 7 + length) % 256)
      const want = createHash(algo).update(data).digest('hex')
      expect([length, platform.digestHex(algo, data)]).toEqual([length, want])
      expect(Buffer.from(platform.digest(algo, data)).toString('hex')).toBe(want)
    }
  })

  it('is that of createHash, of any text and of views', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.uint8Array({ maxLength: 300 }), fc.nat(20), (text, data, skip) => {
        expect(platform.digestHex('sha256', text)).toBe(createHash('sha256').update(text).digest('hex'))
        const view = data.subarray(Math.min(skip, data.length))
        expect(platform.digestHex('sha1', view)).toBe(createHash('sha1').update(view).digest('hex'))
      }),
    )
  })

  it('is the same of data in pieces, at every moment', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 })), fc.constantFrom('sha256', 'sha1'), (pieces, algo) => {
        const running = platform.openDigest(algo)
        const whole = createHash(algo)
        for (const piece of pieces) {
          running.update(piece)
          whole.update(piece)
          expect(running.hex()).toBe(whole.copy().digest('hex'))
        }
        running.update('é')
        expect(running.hex()).toBe(whole.update('é').digest('hex'))
      }),
    )
  })
})
