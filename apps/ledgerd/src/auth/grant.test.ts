import { describe, expect, it } from 'vitest'
import { formatGrants, isGrantName, parseGrants } from './grant.ts'
import type { Grant } from './grant.ts'

const grant: Grant = {
  name: 'replay',
  sha256: '0'.repeat(64),
  allow: ['append', 'read'],
  ledgers: ['worlds/**'],
  created: '2026-03-01T10:00:00Z',
  expires: '2026-04-01T10:00:00+02:00',
}
const other = { ...grant, name: 'other', sha256: '1'.repeat(64) }

describe('a file of grants', () => {
  it('gives back what was written', () => {
    const third = { ...grant, name: 'third', sha256: '2'.repeat(64), draftsPerSecondMax: 7, allow: ['admin'] } as const
    const grants = [grant, other, { ...third, ledgers: [], expires: undefined }]
    expect(parseGrants(formatGrants(grants), 'f')).toEqual(grants)
  })

  it.each([
    { name: 'no JSON', text: '{', says: 'no JSON' },
    { name: 'another version', text: JSON.stringify({ v: 2, tokens: [] }), says: '/v' },
    { name: 'an unknown action', text: textOf({ allow: ['write'] }), says: '/tokens/0/allow/0' },
    { name: 'no action', text: textOf({ allow: [] }), says: '/tokens/0/allow' },
    { name: 'a pattern that leads out', text: textOf({ ledgers: ['../**'] }), says: '/tokens/0/ledgers/0' },
    { name: 'a word it does not know', text: textOf({ isAdmin: true }), says: '/tokens/0' },
    { name: 'a hash too short', text: textOf({ sha256: 'ab' }), says: '/tokens/0/sha256' },
    { name: 'a day without a time', text: textOf({ expires: '2026-04-01' }), says: '/tokens/0/expires' },
    { name: 'a day that there is not', text: textOf({ created: '2026-02-30T10:00:00Z' }), says: '/tokens/0/created' },
    { name: 'a time without a zone', text: textOf({ created: '2026-02-20T10:00:00' }), says: '/tokens/0/created' },
    { name: 'no time of making', text: textOf({ created: undefined }), says: '/tokens/0/created' },
    { name: 'half a draft', text: textOf({ draftsPerSecondMax: 0.5 }), says: '/tokens/0/draftsPerSecondMax' },
    { name: 'no draft', text: textOf({ draftsPerSecondMax: 0 }), says: '/tokens/0/draftsPerSecondMax' },
    { name: 'null for no limit', text: textOf({ draftsPerSecondMax: null }), says: '/tokens/0/draftsPerSecondMax' },
    { name: 'an action for a list', text: textOf({ allow: 'read' }), says: '/tokens/0/allow' },
    { name: 'a list for a grant', text: JSON.stringify({ v: 1, tokens: [[]] }), says: '/tokens/0' },
    { name: 'a list', text: '[]', says: 'its root' },
    { name: 'nothing', text: 'null', says: 'its root' },
    { name: 'no tokens', text: '{"v":1}', says: '/tokens' },
    { name: 'more than it says', text: '{"v":1,"tokens":[],"w":2}', says: '/w' },
    { name: 'a prototype', text: '{"v":1,"tokens":[],"__proto__":2}', says: '/__proto__' },
    {
      name: 'too many',
      text: JSON.stringify({ v: 1, tokens: Array.from({ length: 1025 }, () => grant) }),
      says: '/tokens',
    },
    { name: 'the name of the owner', text: textOf({ name: 'owner' }), says: '/tokens/0/name' },
    { name: 'a name twice', text: formatGrants([grant, { ...other, name: 'replay' }]), says: 'name stands twice' },
    { name: 'a hash twice', text: formatGrants([grant, { ...grant, name: 'b' }]), says: 'sha256 stands twice' },
  ])('is refused with $name', ({ text, says }) => {
    expect(() => parseGrants(text, 'f')).toThrow(`CONFIG_INVALID: f: `)
    expect(() => parseGrants(text, 'f')).toThrow(says)
  })
})

it.each([
  { name: 'replay-1.web_A', want: true },
  { name: 'x'.repeat(64), want: true },
  { name: 'x'.repeat(65), want: false },
  { name: '', want: false },
  { name: '-x', want: false },
  { name: 'a b', want: false },
  { name: 'a\nb', want: false },
  { name: 'local', want: false },
])('whether $name is a name: $want', ({ name, want }) => expect(isGrantName(name)).toBe(want))

function textOf(change: object): string {
  return JSON.stringify({ v: 1, tokens: [{ ...grant, ...change }] })
}
