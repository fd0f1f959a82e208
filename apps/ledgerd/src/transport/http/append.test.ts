import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LedgerError } from '@ledgerd/schema'
import { askBare } from '../../../test/bare-request.ts'
import type { BareAnswer, BareRequest } from '../../../test/bare-request.ts'
import { openTransport } from '../../../test/transport-harness.ts'
import type { TransportHarness } from '../../../test/transport-harness.ts'

let at: TransportHarness
beforeEach(async () => {
  at = await openTransport()
})
afterEach(async () => {
  await at[Symbol.asyncDispose]()
})

const ask = (...request: BareRequest): Promise<BareAnswer> => askBare(at, ...request)

describe('appending', () => {
  const path = '/v1/ledgers/new/append'

  it('makes identities, keeps the bytes of data, and answers in order', async () => {
    const answer = await ask(
      'POST',
      path,
      {},
      '{"type": "t", "data": {"x": 1.0,  "y":"\\u00e9"}}\n\n{"data":{},"key":"k","type":"t","meta":{"a" : 1}}',
    )
    expect(answer.status).toBe(200)
    expect(
      answer.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toMatchObject([
      {
        ledger: 'new',
        seq: 0,
        eventId: 'made-0',
        duplicate: false,
        durable: 'fsync',
        epoch: 1,
        leafHash: expect.stringMatching(/^sha256:/),
      },
      { ledger: 'new', seq: 1, eventId: 'derived-new-k' },
    ])
    expect(at.engine.ledgers.get('new')?.lines).toEqual([
      '{"data": {"x": 1.0,  "y":"\\u00e9"}, "id": "made-0", "type": "t"}',
      '{"data": {}, "id": "derived-new-k", "meta": {"a" : 1}, "type": "t"}',
    ])
  })

  it('passes its conditions on', async () => {
    await ask('POST', `${path}?atomic=true&expect-size=0`, {}, '{"type":"t","data":{}}')
    expect(at.engine.appends[0]).toMatchObject({ ledger: 'new', count: 1, isAtomic: true, expect: { size: 0 } })
    const answer = await ask('POST', `${path}?expect-size=0`, {}, '{"type":"t","data":{}}')
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      409,
      { error: expect.objectContaining({ code: 'EXPECT_FAILED', details: { size: 1 } }) },
    ])
  })

  it('answers with the status of the first refusal, and a line for each draft', async () => {
    const error = (code: 'SCHEMA_INVALID' | 'LINE_TOO_LONG') => ({ error: new LedgerError(code, 'no') })
    at.engine.respond = async () => ({
      kind: 'mixed',
      epoch: 1,
      outcomes: [
        { seq: 0, eventId: 'e', leafHash: '0'.repeat(64), isDuplicate: true },
        error('SCHEMA_INVALID'),
        error('LINE_TOO_LONG'),
      ],
    })
    const answer = await ask('POST', path, {}, '{}\n{}\n{}')
    expect(answer.status).toBe(422)
    expect(
      answer.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toMatchObject([{ duplicate: true }, { error: { code: 'SCHEMA_INVALID' } }, { error: { code: 'LINE_TOO_LONG' } }])
  })

  it.each([
    { name: 'nothing', body: '\n \n', want: 400, code: 'REQUEST_INVALID' },
    { name: 'an array', body: '[{"type":"t","data":{}}]', want: 400, code: 'REQUEST_INVALID' },
    { name: 'an object over several lines', body: '{"type":"t",\n"data":\n{}\n}', want: 400, code: 'REQUEST_INVALID' },
    { name: 'drafts glued to one line', body: '{"type":"t","data":{}}'.repeat(2), want: 422, code: 'VALUE_REFUSED' },
    { name: 'too many drafts', body: '{}\n'.repeat(8193), want: 413, code: 'BATCH_TOO_LARGE' },
    { name: 'too many bytes', body: 'x'.repeat((1 << 20) + 1), want: 413, code: 'BATCH_TOO_LARGE' },
  ])('refuses $name', async ({ body, want, code }) => {
    const answer = await ask('POST', path, {}, body)
    expect(answer.status).toBe(want)
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code } })
    expect(at.engine.appends).toEqual([])
  })

  const compressed = { says: 'uncompressed', header: 'Accept-Encoding: identity' }
  const form = { says: '--data-binary', header: 'Accept: application/x-ndjson' }
  it.each([
    { name: 'gzip', headers: { 'content-encoding': 'gzip' }, want: compressed },
    { name: 'deflate', headers: { 'content-encoding': 'deflate' }, want: compressed },
    { name: 'br behind identity', headers: { 'content-encoding': 'identity, BR' }, want: compressed },
    { name: 'a form with files', headers: { 'content-type': 'Multipart/Form-Data; boundary=x' }, want: form },
  ])('takes no body in the form of $name', async ({ headers, want }) => {
    const answer = await ask('POST', path, headers, '{"type":"t","data":{}}')
    expect(answer.status).toBe(415)
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 'REQUEST_INVALID', outcome: 'absent' } })
    expect(answer.body).toContain(want.says)
    expect(answer.head).toContain(want.header)
    expect(at.engine.appends).toEqual([])
  })

  it.each([
    { 'content-encoding': 'identity' },
    { 'content-encoding': '' },
    { 'content-type': 'application/x-www-form-urlencoded' },
    { 'content-type': 'application/json' },
  ])('takes a body with %o', async (headers) => {
    expect((await ask('POST', path, headers, '{"type":"t","data":{}}')).status).toBe(200)
  })

  it('takes the one draft among the lines of an array, and answers for each', async () => {
    const answer = await ask('POST', path, {}, '[\n{"type":"t","data":{}}\n]')
    expect(at.engine.appends[0]).toMatchObject({ ledger: 'new', count: 3 })
    expect(answer.text.trim().split('\n')).toHaveLength(3)
  })

  it('says DRAINING with a time to come back when the daemon goes down', async () => {
    at.health.phase = 'draining'
    const answer = await ask('POST', path, {}, '{}')
    expect(answer.status).toBe(503)
    expect((await ask('GET', '/readyz')).status).toBe(503)
    expect((await ask('GET', '/healthz')).status).toBe(200)
  })
})
