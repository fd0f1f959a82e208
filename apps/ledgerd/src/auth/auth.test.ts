import { describe, expect, it } from 'vitest'
import { parseBindAddress } from './bind-address.ts'
import { LoginLimit } from './login-limit.ts'
import { hashToken, isSameHash, isTokenText, makeToken } from './token.ts'
import { isHostAllowed, loopbackHosts, parseOrigins } from './web-guard.ts'

describe('parseBindAddress', () => {
  it.each([
    { text: '4437', want: { host: '127.0.0.1', port: 4437 } },
    { text: '0', want: { host: '127.0.0.1', port: 0 } },
    { text: 'localhost:80', want: { host: '127.0.0.1', port: 80 } },
    { text: '127.0.0.2:65535', want: { host: '127.0.0.2', port: 65_535 } },
    { text: '[::1]:4437', want: { host: '::1', port: 4437 } },
  ])('takes $text', ({ text, want }) => {
    expect(parseBindAddress(text, { isBeyondLoopbackAllowed: false })).toEqual(want)
  })

  it.each([
    '',
    'x',
    '65536',
    '127.0.0.1',
    '127.0.0.1:',
    ':80',
    '::1:80',
    'example.com:80',
    '0.0.0.0:4437',
    '10.0.0.1:4437',
    '[::]:4437',
    '127.0.0.1.evil:80',
  ])('refuses %s', (text) => {
    expect(() => parseBindAddress(text, { isBeyondLoopbackAllowed: false })).toThrow('CONFIG_INVALID')
  })

  it('takes an address beyond loopback only with the override', () => {
    expect(parseBindAddress('0.0.0.0:1', { isBeyondLoopbackAllowed: true })).toEqual({ host: '0.0.0.0', port: 1 })
  })
})

describe('the names of a daemon on this machine', () => {
  it.each([
    { bound: '127.0.0.1', host: '127.0.0.2:4437', want: false },
    { bound: '127.0.0.2', host: '127.0.0.2:4437', want: true },
    { bound: '127.0.0.2', host: '127.0.0.2:4438', want: false },
    { bound: '127.0.0.2', host: 'localhost:4437', want: true },
    { bound: '::1', host: '[::1]:4437', want: true },
  ])('listening on $bound: $host is $want', ({ bound, host, want }) => {
    expect(loopbackHosts(4437, bound).has(host)).toBe(want)
  })
})

describe('tokens', () => {
  it('hold 32 random bytes in one spelling', () => {
    const token = makeToken(() => new Uint8Array(32).fill(0xff))
    expect(token).toBe(`${'_'.repeat(42)}8`)
    expect(isTokenText(token)).toBe(true)
  })

  it.each(['', 'short', 'A'.repeat(42), 'A'.repeat(44), `${'_'.repeat(42)}9`, `${'A'.repeat(42)}=`])(
    'are not spelled %s',
    (text) => {
      expect(isTokenText(text)).toBe(false)
    },
  )

  it('are the same only when equal', () => {
    const token = 'A'.repeat(43)
    expect(
      [token, `${token}A`, token.slice(1), token.toLowerCase(), ''].map((text) =>
        isSameHash(hashToken(token), hashToken(text)),
      ),
    ).toEqual([true, false, false, false, false])
  })
})

describe('LoginLimit', () => {
  it('lets a peer try again when its oldest failure is a minute old, and does not mix peers', () => {
    let nowMs = 0
    const limit = new LoginLimit(2, () => nowMs)
    limit.recordFailure('a')
    nowMs = 10_000
    limit.recordFailure('a')
    expect([limit.waitMs('a'), limit.waitMs('b')]).toEqual([50_000, 0])
    nowMs = 60_001
    expect(limit.waitMs('a')).toBe(0)
  })
})

describe('hosts', () => {
  it('beyond loopback are addresses, never names', () => {
    const guard = {
      hosts: loopbackHosts(80, '127.0.0.1'),
      isAnyAddressAllowed: true,
      isOwnName: () => false,
      origins: new Set<string>(),
    }
    const hosts = [
      '127.0.0.1',
      'localhost:80',
      '10.0.0.7:80',
      '[fe80::1]:80',
      'evil.example',
      '10.0.0.7.evil.example:80',
    ]
    expect(hosts.map((host) => isHostAllowed(guard, [host]))).toEqual([true, true, true, true, false, false])
  })

  it.each([
    { host: 'ledger.example:4437', want: true },
    { host: 'LEDGER.example:4437', want: true },
    { host: 'ledger.example', want: false },
    { host: 'ledger.example:443', want: false },
    { host: 'evil.example:4437', want: false },
    { host: 'ledger.example:4437:4437', want: false },
    { host: 'a@ledger.example:4437', want: false },
  ])('$host with a certificate for ledger.example on 4437: $want', ({ host, want }) => {
    const isOwnName = (name: string, port: number): boolean => name === 'ledger.example' && port === 4437
    const guard = {
      hosts: loopbackHosts(4437, '127.0.0.1'),
      isAnyAddressAllowed: false,
      isOwnName,
      origins: new Set<string>(),
    }
    expect(isHostAllowed(guard, [host])).toBe(want)
  })
})

describe('parseOrigins', () => {
  it('takes what browsers send', () => {
    const origins = ['http://localhost:8080', 'https://ledger.example']
    expect([...parseOrigins(origins)]).toEqual(origins)
  })

  it.each([
    '',
    '*',
    'null',
    'localhost:8080',
    'http://localhost:80',
    'http://localhost:8080/',
    'HTTP://localhost',
    'file:///a',
  ])('refuses %s', (text) => {
    expect(() => parseOrigins([text])).toThrow('CONFIG_INVALID')
  })
})
