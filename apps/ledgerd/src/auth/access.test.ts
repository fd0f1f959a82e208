import { describe, expect, it } from 'vitest'
import { MetricsBoard } from '../ops/metrics.ts'
import { Access } from './access.ts'
import type { Visitor } from './access.ts'
import { LoginLimit } from './login-limit.ts'
import { loopbackHosts } from './web-guard.ts'

const token = 'A'.repeat(43)
const explorer = 'http://127.0.0.1:4437'
const guard = { hosts: loopbackHosts(4437), isAnyAddressAllowed: false, origins: new Set([explorer]) }
const access = new Access({ token, guard, loginLimit: new LoginLimit(100, () => 0), metrics: new MetricsBoard() })
const base: Visitor = { isLocal: false, peer: 'p', hosts: ['127.0.0.1:4437'], origins: [], authorizations: [] }

describe('a handshake', () => {
  it.each([
    { name: 'from a listed page may bring its token later', visitor: { origins: [explorer] }, want: 'owed' },
    {
      name: 'from a listed page with a wrong token is refused now',
      visitor: { origins: [explorer], authorizations: ['Bearer x'] },
      want: 401,
    },
    { name: 'from a program needs it now', visitor: {}, want: 401 },
    { name: 'with the token is in', visitor: { authorizations: [`Bearer ${token}`] }, want: 'accepted' },
    { name: 'over the local socket is in', visitor: { isLocal: true }, want: 'accepted' },
  ])('$name', ({ visitor, want }) => {
    const verdict = access.checkHandshakeToken({ ...base, ...visitor })
    expect(typeof verdict === 'string' ? verdict : verdict.status).toBe(want)
  })

  it.each([
    { name: 'a listed page', origins: [explorer], want: undefined },
    { name: 'the same page on another port', origins: ['http://127.0.0.1:1'], want: 403 },
    { name: 'two origins, one of them listed', origins: [explorer, 'https://evil.example'], want: 403 },
  ])('knows $name', ({ origins, want }) => {
    expect(access.checkWeb({ ...base, origins })?.status).toBe(want)
  })
})

describe('a token in hello', () => {
  it.each([
    { text: token, want: 'accepted' },
    { text: '', want: 401 },
    { text: undefined, want: 401 },
    { text: `${token} `, want: 401 },
  ])('$text', ({ text, want }) => {
    const verdict = access.checkToken('p', text)
    expect(typeof verdict === 'string' ? verdict : verdict.status).toBe(want)
  })
})
