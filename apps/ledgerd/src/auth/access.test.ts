import { describe, expect, it } from 'vitest'
import { silentLog } from '../ops/log.ts'
import { MetricsBoard } from '../ops/metrics.ts'
import { Access } from './access.ts'
import type { Credentials, Visitor } from './access.ts'
import { Denials } from './denials.ts'
import { LoginLimit } from './login-limit.ts'
import { Principal } from './principal.ts'
import { loopbackHosts } from './web-guard.ts'

const token = 'A'.repeat(43)
const explorer = 'http://127.0.0.1:4437'
const guard = {
  hosts: loopbackHosts(4437, '127.0.0.1'),
  isAnyAddressAllowed: false,
  isOwnName: () => false,
  origins: new Set([explorer]),
}
const owner = new Principal('owner')
const access = new Access({
  tokens: { find: (text) => (text === token ? owner : undefined) },
  guard,
  loginLimit: new LoginLimit(100, () => 0),
  metrics: new MetricsBoard(),
  denials: new Denials({ log: silentLog, now: () => 0, loggedPerMinuteMax: 1 }),
  connectionsPerPrincipalMax: 2,
  now: () => 0,
})
const nameOf = (verdict: Credentials): string | number =>
  verdict === 'owed' ? verdict : verdict instanceof Principal ? verdict.name : verdict.status
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
    { name: 'with the token is in', visitor: { authorizations: [`Bearer ${token}`] }, want: 'owner' },
    { name: 'over the local socket is in', visitor: { isLocal: true }, want: 'local' },
  ])('$name', ({ visitor, want }) => {
    expect(nameOf(access.checkHandshakeToken({ ...base, ...visitor }))).toBe(want)
  })

  it.each([
    { name: 'a listed page', origins: [explorer], want: undefined },
    { name: 'the same page on another port', origins: ['http://127.0.0.1:1'], want: 403 },
    { name: 'two origins, one of them listed', origins: [explorer, 'https://evil.example'], want: 403 },
  ])('knows $name', ({ origins, want }) => {
    expect(access.checkWeb({ ...base, origins })?.status).toBe(want)
  })

  it('names the option that lets a page in', () => {
    expect(access.checkWeb({ ...base, origins: ['http://127.0.0.1:1'] })?.error.message).toContain('--allow-origin')
  })
})

describe('a token in hello', () => {
  it.each([
    { text: token, want: 'owner' },
    { text: '', want: 401 },
    { text: undefined, want: 401 },
    { text: `${token} `, want: 401 },
  ])('$text', ({ text, want }) => {
    expect(nameOf(access.checkToken('p', text))).toBe(want)
  })
})
