// Targets of what comes over the wire and the command line: frames of both directions, bodies and queries of HTTP, and
// the small grammars of ids, patterns, positions, templates, conditions and settings.
import fs from 'node:fs'
import path from 'node:path'
import { compilePattern, decodeFrame, encodeFrame, isLedgerId, isLedgerPattern, splitLines } from '@ledgerd/protocol'
import { type FuzzTarget, splitAtLineFeeds } from '@ledgerd/testkit'
import { formatGrants, parseGrants } from '../src/auth/grant.ts'
import { holds, parseCondition } from '../src/cli/condition.ts'
import { parsePosition } from '../src/cli/position.ts'
import { RecordValues } from '../src/cli/record-value.ts'
import { fillTemplate, parseTemplate } from '../src/cli/template.ts'
import { parseSchemaConfig, parseSchemaFlag } from '../src/schemas/schema-rules.ts'
import { draftLines } from '../src/transport/http/draft-lines.ts'
import { Query } from '../src/transport/http/query.ts'
import { answerOf, promise, promiseSame, texts } from './fuzz-expect.ts'

const vectors = path.resolve(import.meta.dirname, '../../../vectors/protocol')

interface FrameVector {
  readonly frame: string
}

function frameSeeds(file: string): Uint8Array[] {
  const lines = fs.readFileSync(path.join(vectors, file), 'utf8').trimEnd().split('\n')
  return lines.map((line) => Buffer.from((JSON.parse(line) as FrameVector).frame))
}

/** What decodes can be sent again and is the same; everything else is FRAME_INVALID. */
export const frameTarget: FuzzTarget = {
  name: 'frame',
  seeds: frameSeeds('frames-good.jsonl'),
  dictionary: [
    '{"t":"append"',
    '"t":"follow"',
    '"t":"lines"',
    '"seqs":[0,1]',
    '"cursors":{"a/b":3}',
    '"from":{"time":"2026-01-01T00:00:00Z"}',
    '"n":2',
    '\n',
    '"acks":[[1,0,2]]',
    '__proto__',
    '"expect":{"size":1}',
  ],
  covers: (url) => url.includes('/packages/protocol/'),
  fuzz: (bytes) => {
    for (const direction of ['from-client', 'from-daemon'] as const) {
      const decoded = answerOf(() => decodeFrame(bytes, { direction } as { direction: 'from-client' }))
      if (decoded === undefined) continue
      const { header, body } = decoded
      promiseSame(
        Buffer.from(bytes.subarray(bytes.length - body.length)).equals(body),
        true,
        'the body is not the end of the frame',
      )
      const again = decodeFrame(encodeFrame(header, body), { direction } as { direction: 'from-client' })
      promiseSame(again.header, header, 'a header does not survive being sent')
      promise(Buffer.from(again.body).equals(body), 'a body does not survive being sent')
      const { n } = header as { readonly n?: number }
      const lines = n === undefined ? undefined : answerOf(() => splitLines(body, n))
      promise(lines === undefined || lines.length === n, 'a body with another number of lines')
    }
  },
}

/** Every draft of a body is one line; ids are made for those without one; a query is what it says or refused. */
export const httpTarget: FuzzTarget = {
  name: 'http',
  seeds: texts(
    '{"type": "t", "data": {}}\n{"type": "t", "data": {"a": 1.0}, "id": "0000000000000000000000000000000a"}\n',
    '{"data": {}, "key": "k", "type": "t", "link": null, "meta": {}}',
    ' \r\n\t\n{"type":"t","data":{}}\r\n',
    'from=-3&limit=10&follow=true&types=a,b&link=x',
    'from=@2026-03-01T10:00:00Z&atomic=true&expect-size=3',
  ),
  dictionary: ['"key": ', '"id": "x"', '\n', '&', '=', '%', '%00', '+', 'from=', 'start', 'true'],
  covers: (url) => url.includes('/transport/http/draft-lines') || url.includes('/transport/http/query'),
  fuzz: (bytes) => {
    let made = 0
    const options = {
      ledger: 'a/b',
      depthMax: 64,
      linesMax: 8,
      makeEventId: () => `made-${made++}`,
      deriveEventId: (ledger: string, key: string) => `${ledger} ${key}`,
    }
    const found = answerOf(() => draftLines(bytes, options))
    if (found !== undefined) {
      const { lines, rest } = splitAtLineFeeds(found.drafts)
      promise(lines.length === found.count && rest.length === 0, `${found.count} drafts on ${lines.length} lines`)
      promise(found.drafts.length <= bytes.length + found.count * 4096 + 1, 'drafts grow without measure')
    }
    const text = Buffer.from(bytes).toString('latin1')
    answerOf(() => {
      const query = new Query(text, ['from', 'limit', 'follow', 'types', 'link', 'atomic', 'expect-size'])
      query.flag('follow')
      query.number('limit', 1)
      query.list('types')
      query.text('link')
      return query.start('from')
    })
  },
}

/** The small grammars: an answer or a refusal with a code, and no id that is a way out of the folder. */
export const grammarTarget: FuzzTarget = {
  name: 'grammar',
  seeds: texts(
    'worlds/daily_undertaking',
    'a/b.c/d-e',
    '**/x*y/*',
    '..',
    'a/../b',
    'con',
    '{seq} {data.a.0} {{x}}\\t',
    '@-15m',
    '@2026-03-01T10:00:00.123Z',
    '-10',
    '42',
    '{"schemas": [{"ledgers": "runs/**", "package": "kernel-runs"}]}',
    'runs/**=kernel-runs',
    '{"v": 1, "tokens": [{"name": "a", "sha256": "0000000000000000000000000000000000000000000000000000000000000000", "allow": ["read"], "ledgers": ["**"], "created": "2026-01-01T00:00:00Z"}]}',
  ),
  dictionary: [
    '/',
    '**',
    '*',
    '.',
    '@',
    '{',
    '}',
    '{{',
    ' >= ',
    '!=',
    'data.',
    '"ledgers": ',
    '"package": ',
    '"expires": "2026-01-01T00:00:00Z"',
    '"draftsPerSecondMax": 1',
  ],
  covers: (url) => /\/(ledger-id|ledger-pattern|position|template|condition|schema-rules|grant)\.ts$/.test(url),
  fuzz: (bytes) => {
    const text = Buffer.from(bytes).toString('utf8')
    if (isLedgerId(text)) {
      promise(isLedgerPattern(text), 'an id is no pattern')
      const inside = path.resolve('/root-of-data', `${text}.jsonl`)
      promise(inside === `/root-of-data/${text}.jsonl`, 'an id leads elsewhere')
      promise(compilePattern(text)(text), 'an id does not match itself')
    }
    const matches = answerOf(() => compilePattern(text))
    promise((matches !== undefined) === isLedgerPattern(text), 'a pattern is judged in two ways')
    matches?.('worlds/daily_undertaking')
    const position = answerOf(() => parsePosition(text, 1_700_000_000_000))
    if (position?.kind === 'time') promise(Number.isFinite(position.timeMs), 'a time that is none')
    if (position?.kind === 'seq') promise(Number.isSafeInteger(position.seq), 'a cursor that is no number')
    const parts = answerOf(() => parseTemplate(text))
    if (parts !== undefined) fillTemplate(parts, valuesOf(Buffer.from('{"data": {"a": [1.0, "x"]}, "__proto__": 1}')))
    fillTemplate([{ path: ['data', 'a'] }, { path: ['0'] }], valuesOf(bytes))
    const condition = answerOf(() => parseCondition(text))
    if (condition !== undefined) holds(condition, valuesOf(Buffer.from('{"data": {"a": 0.5, "b": "x"}, "c": null}')))
    answerOf(() => parseSchemaConfig(text, 'ledgerd.json', '/f').some((rule) => rule.matches('a/b')))
    answerOf(() => parseSchemaFlag(text, { dataFolder: '/d', cwd: '/c' }).matches('a/b'))
    const grants = answerOf(() => parseGrants(text, 'tokens.json'))
    if (grants !== undefined)
      promiseSame(parseGrants(formatGrants(grants), 'again'), grants, 'grants do not survive being written')
  },
}

function valuesOf(bytes: Uint8Array): RecordValues {
  return new RecordValues({ ledger: 'a/b', seq: 7, offset: undefined, bytes, schema: undefined })
}
