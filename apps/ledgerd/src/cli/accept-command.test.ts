// Acceptance from the command line: verdicts a metric, thresholds of one's own, and signatures that verify checks.
import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { put, useImportFolder, vectors } from '../../test/import-folder.ts'
import { run } from '../../test/memory-io.ts'

const signed = vectors('audio-jobs', 'seed_schema_signed.jsonl')
const key = vectors('audio-jobs', 'ed25519_test_only.pub.hex')
const [line = ''] = fs.readFileSync(signed, 'utf8').split('\n')
const scored = (scores: string): string =>
  `${line.replace(/"scores_after": \{[^}]*\}/, `"scores_after": {${scores}}`).replace(/refine#\d+/, 'refine#1')}\n`
const good =
  '"clap": 0.35, "fad": 1.50, "cer": 0.06, "spk_cos": 0.88, "pitch_dev_cents": 30, "lufs": -14.4, "sync_ms": 70'
useImportFolder()

describe('accept', () => {
  const table: readonly { name: string; text: string; want: number; says: string }[] = [
    { name: 'bounds included, as exact decimals', text: scored(good), want: 0, says: '1 of 1 windows accepted' },
    {
      name: 'a metric that fails',
      text: scored(good.replace('1.50', '1.6')),
      want: 1,
      says: 'not accepted: fad 1.6 is not <= 1.5\n',
    },
    { name: 'a metric that is absent', text: scored('"clap": 1'), want: 1, says: 'fad absent, cer absent' },
    { name: 'an optional one that fails', text: scored(`${good}, "true_peak_db": 0`), want: 1, says: 'true_peak_db 0' },
    { name: 'a line that cannot be read', text: `${scored(good)}{"job_id": 1\n`, want: 3, says: '1 lines could not' },
    {
      name: 'review rows beside a window',
      text: `${scored(good)}{"ts": "x", "phase": "review.loop#1"}\n`,
      want: 0,
      says: '1 other lines, not judged',
    },
  ]
  for (const { name, text, want, says } of table)
    it(name, async () => {
      const { exitCode, out, err } = await run(['accept', put('x.jsonl', text)])
      expect({ exitCode, out, err }).toEqual({ exitCode: want, out: expect.stringContaining(says), err: '' })
    })

  const windowless: readonly { name: string; text: string; says: string }[] = [
    { name: 'no line', text: '', says: 'no window judged' },
    { name: 'a blank line', text: '\n', says: 'no window judged' },
    { name: 'review rows', text: '{"ts": "x", "phase": "review.loop#1"}\n', says: '1 other lines, not judged' },
    { name: 'a line that cannot be read', text: '{"job_id": 1\n', says: '1 lines could not' },
  ]
  for (const { name, text, says } of windowless)
    it(`passes nothing where there is no window: ${name}`, async () => {
      const file = put('x.jsonl', text)
      const { exitCode, out, err } = await run(['accept', file])
      expect({ exitCode, out, err }).toEqual({
        exitCode: 7,
        out: expect.stringContaining(says),
        err: `ledgerd: ${file} has no window that could be judged\n  try: see what is in it: ledgerd stats ${file}\n`,
      })
      expect(out).not.toContain('accepted')
      const { exitCode: jsonExitCode, out: json } = await run(['accept', file, '--json'])
      expect([jsonExitCode, JSON.parse(json)]).toEqual([7, expect.objectContaining({ windows: 0, accepted: 0 })])
    })

  it('takes thresholds of a file, and judges by no others', async () => {
    const file = put('x.jsonl', scored('"mine": 2.50'))
    const mine = put('t.json', '{"required": {"mine": {"atLeast": "2.5"}}}')
    const { exitCode, out } = await run(['accept', file, '--thresholds', mine])
    expect([exitCode, out]).toEqual([
      0,
      `${file}   1 of 1 windows accepted\n  mine             >= 2.5     required   pass 1, fail 0, absent 0\n`,
    ])
  })

  it('--json gives each window with its metrics, then the summary', async () => {
    const { exitCode, out } = await run(['accept', signed, '--json'])
    const items = out
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text) as Record<string, unknown>)
    expect([exitCode, items.length]).toEqual([1, 73])
    expect(items[0]).toMatchObject({ kind: 'acceptance', v: 1, seq: 0, metrics: expect.any(Array) })
    expect(items[72]).toMatchObject({ kind: 'acceptance-summary', v: 1, windows: 72, unreadable: 0 })
  })

  const refused: readonly { name: string; text: string; want: number; says: string }[] = [
    { name: 'no JSON', text: '{', want: 2, says: 'is not JSON' },
    { name: 'a list', text: '[]', want: 2, says: 'holds no thresholds' },
    { name: 'a misspelt member', text: '{"required": {}, "optionl": {}}', want: 2, says: 'holds no thresholds' },
    { name: 'none that is required', text: '{"required": {}}', want: 2, says: 'accept anything' },
    { name: 'no bound', text: '{"required": {"a": {"least": 1}}}', want: 2, says: 'threshold of a' },
    { name: 'no number', text: '{"required": {"a": {"atLeast": "x"}}}', want: 2, says: 'no decimal' },
  ]
  for (const { name, text, want, says } of refused)
    it(`refuses thresholds: ${name}`, async () => {
      const { exitCode, out, err } = await run(['accept', signed, '--thresholds', put('t.json', text)])
      expect({ exitCode, out, err }).toEqual({ exitCode: want, out: '', err: expect.stringContaining(says) })
      expect(err.split('CONFIG_INVALID').length).toBeLessThan(3)
    })

  it('of another family, of no file and without thresholds at hand decides nothing', async () => {
    const runs = vectors('kernel-runs', 'real_cli_runs.jsonl')
    expect((await run(['accept', runs])).exitCode).toBe(7)
    expect((await run(['accept', 'none.jsonl'])).exitCode).toBe(4)
    expect((await run(['accept', signed, '--thresholds', 'none.json'])).exitCode).toBe(4)
  })
})

describe('verify --public-key', () => {
  it('checks signatures that are otherwise only read', async () => {
    expect((await run(['verify', signed, '--level', 'lines'])).out).toContain('sign-unchecked 72')
    const { exitCode, out } = await run(['verify', signed, '--level', 'lines', '--public-key', key])
    expect([exitCode, out]).toEqual([0, expect.not.stringContaining('sign-unchecked')])
  })

  it('finds a signature by another key, on the last line too', async () => {
    const other = put('other.hex', 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a\n')
    for (const level of ['lines', 'tail'])
      expect(await run(['verify', signed, '--level', level, '--public-key', other])).toMatchObject({
        exitCode: 1,
        out: expect.stringContaining('sign-invalid'),
      })
  })

  it('is not needed where ledgerd.json has the keys, and requires what it requires', async () => {
    const publicKeys = [fs.readFileSync(key, 'utf8').trim()]
    const settings = { signature: { isRequired: true, publicKeys } }
    put('data/.ledgerd/token', '')
    put('data/ledgerd.json', JSON.stringify({ schemas: [{ ledgers: 'jobs/**', package: 'audio-jobs', settings }] }))
    const whole = put('data/jobs/a.jsonl', `${line}\n`)
    const bare = put('data/jobs/b.jsonl', fs.readFileSync(vectors('audio-jobs', 'seed_schema_unsigned.jsonl')))
    expect(await run(['verify', whole, '--level', 'lines'])).toMatchObject({
      exitCode: 0,
      out: expect.not.stringContaining('sign-unchecked'),
    })
    expect(await run(['verify', bare, '--level', 'lines'])).toMatchObject({
      exitCode: 1,
      out: expect.stringContaining('sign-missing'),
    })
    put('data/ledgerd.json', '{"schemas": [{"ledgers": "jobs/**", "package": "audio-jobs", "settings": {"x": 1}}]}')
    expect((await run(['verify', whole])).err).toContain('ledgerd.json at /schemas/0/settings/x')
  })

  it('is refused for lines without signatures, and for no key', async () => {
    const runs = vectors('kernel-runs', 'real_cli_runs.jsonl')
    expect((await run(['verify', runs, '--public-key', key])).exitCode).toBe(2)
    expect((await run(['verify', signed, '--public-key', put('no.hex', 'abc')])).exitCode).toBe(2)
  })
})
