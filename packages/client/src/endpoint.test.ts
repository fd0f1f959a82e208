// Addresses as callers write them.
import { describe, expect, it } from 'vitest'
import { parseEndpoint } from './endpoint.ts'

describe('parseEndpoint', () => {
  const cases = [
    { url: 'ws://127.0.0.1:4455', want: { url: 'ws://127.0.0.1:4455/v1/ws', isLocal: true } },
    { url: 'http://localhost:4455/', want: { url: 'ws://localhost:4455/v1/ws', isLocal: true } },
    { url: 'https://example.org', want: { url: 'wss://example.org/v1/ws', isLocal: false } },
    { url: 'wss://example.org/ledgers/', want: { url: 'wss://example.org/ledgers/v1/ws', isLocal: false } },
    { url: 'ws://[::1]:1/v1/ws', want: { url: 'ws://[::1]:1/v1/ws', isLocal: true } },
    { url: 'ws://127.0.0.1.example.org', want: { url: 'ws://127.0.0.1.example.org/v1/ws', isLocal: false } },
    { url: 'unix:/run/l.sock', want: { socketPath: '/run/l.sock', url: 'ws://localhost/v1/ws', isLocal: true } },
    { url: 'unix:///run/l.sock', want: { socketPath: '/run/l.sock', key: 'unix:/run/l.sock' } },
  ]
  it.each(cases)('$url', ({ url, want }) => expect(parseEndpoint(url)).toMatchObject(want))
})
