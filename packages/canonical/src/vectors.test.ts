import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const folder = new URL('../vectors/', import.meta.url)

describe('vectors', () => {
  it('are byte for byte what SHA256SUMS lists, and nothing else is there', () => {
    const listed = readFileSync(new URL('SHA256SUMS', folder), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split('  '))
    const found = readdirSync(folder)
      .filter((name) => name !== 'SHA256SUMS')
      .sort()
      .map((name) => [
        createHash('sha256')
          .update(readFileSync(new URL(name, folder)))
          .digest('hex'),
        name,
      ])
    expect(found).toEqual(listed)
  })
})
