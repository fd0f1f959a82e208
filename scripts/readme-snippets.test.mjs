import { describe, expect, it } from 'vitest'
import { findUnrunBlocks, readSnippets } from './readme-snippets.mjs'

const fence = '```'
const markdown = [
  'Text.',
  '<!-- snippet: a.ts -->',
  '',
  `${fence}ts`,
  'const a = 1',
  '',
  'a.toFixed()',
  fence,
  '',
  `${fence}sh`,
  'npm install x',
  fence,
  '',
].join('\n')

describe('readSnippets', () => {
  it('takes the block behind its comment, and no other', () => {
    expect([...readSnippets(markdown)]).toEqual([['a.ts', 'const a = 1\n\na.toFixed()\n']])
  })
})

describe('findUnrunBlocks', () => {
  it('names blocks that nothing runs', () => {
    expect(findUnrunBlocks(markdown, [])).toEqual(['npm install x'])
    expect(findUnrunBlocks(markdown, ['npm install x'])).toEqual([])
  })
})
