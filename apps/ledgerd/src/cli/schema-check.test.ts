import fs from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { run } from '../../test/memory-io.ts'
import type { MemoryIoOptions } from '../../test/memory-io.ts'
import { lineOf, SchemaDesk } from '../../test/schema-desk.ts'
import type { Answer } from '../../test/schema-desk.ts'

// Documents by the thousand and modules to load: seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

const doorV1 = `    'door.opened': event(z.looseObject({
      door: int(),
    }))`
const required = `    'door.opened': event(z.looseObject({
      door: int(),
      by: text(),
    }))`
const stepped = `${doorV1}.next(z.looseObject({
      door: int(),
      by: text().nullable(),
    }), (old) => ({ ...old, by: null }))`

let desk: SchemaDesk
beforeEach(() => {
  desk = new SchemaDesk()
})
afterEach(() => desk.remove())

/** Version 1.0.0, published. */
async function published(): Promise<string> {
  const place = desk.package('old', '1.0.0', doorV1)
  expect((await desk.run(['gen', place])).code).toBe(0)
  return place
}

const check = (next: string, old: string, ...args: readonly string[]): Promise<Answer> =>
  desk.run(['check', next, '--against', old, '--documents', '100', '--seed', '7', ...args])

describe('the verdict', () => {
  it('compatible: 0, in words', async () => {
    const old = await published()
    const { code, out } = await check(desk.package('new', '2.0.0', stepped), old)
    expect({ code, out }).toMatchInlineSnapshot(`
      {
        "code": 0,
        "out": "compatible   @team/doors 1.0.0 -> 2.0.0   BACKWARD_TRANSITIVE   scope: all documents
        100 generated old documents of 1 stored versions were read (seed 7)
        version step: major; these changes ask for major
      warning FIELD_ADDED_REQUIRED /events/door.opened/by (<root>/new/src/index.js:11)
        by is new and required; old lines do not have it
        + {"kind":"union","options":[{"kind":"null"},{"kind":"text"}]}
        fix: nothing to fix: the step settles it for readers of the new package; bump: major
      ",
      }
    `)
  })

  it('incompatible: 1, with the smallest document that used to pass', async () => {
    const old = await published()
    const { code, out } = await check(desk.package('new', '2.0.0', required), old)
    expect({ code, out }).toMatchInlineSnapshot(`
      {
        "code": 1,
        "out": "incompatible   @team/doors 1.0.0 -> 2.0.0   BACKWARD_TRANSITIVE   scope: all documents
        0 generated old documents of 1 stored versions were read (seed 7)
        version step: major; these changes ask for major
        door.opened version 1: this was accepted and is refused now: {"door":0}
          /by: Invalid input: expected string, received undefined
      error FROZEN_VERSION_CHANGED /events/door.opened@1 (<root>/new/src/index.js:7)
        version 1 was published and is not what it was
        - {"kind":"object","members":{"door":{"kind":"int"}},"rest":{"kind":"anything"}}
        + {"kind":"object","members":{"by":{"kind":"text"},"door":{"kind":"int"}},"rest":{"kind":"anything"}}
        fix: leave the published version as it was and add the next one with an upcaster; bump: forbidden
      error FIELD_ADDED_REQUIRED /events/door.opened/by (<root>/new/src/index.js:9)
        by is new and required; old lines do not have it
        + {"kind":"text"}
        fix: make it optional, or write an upcaster that fills or maps it; bump: major
      ",
      }
    `)
  })

  it('incompatible, as data', async () => {
    const old = await published()
    const { code, out } = await check(desk.package('new', '2.0.0', required), old, '--format', 'json')
    expect({ code, report: JSON.parse(out) as unknown }).toMatchInlineSnapshot(`
      {
        "code": 1,
        "report": {
          "actualStep": "major",
          "documents": 100,
          "findings": [
            {
              "at": {
                "file": "<root>/new/src/index.js",
                "line": 7,
              },
              "backward": "break",
              "bump": "forbidden",
              "counterExample": {
                "document": {
                  "door": 0,
                },
                "refusal": {
                  "at": "model",
                  "message": "Invalid input: expected string, received undefined",
                  "path": "/by",
                  "version": 1,
                },
              },
              "fix": "leave the published version as it was and add the next one with an upcaster",
              "forward": "ok",
              "message": "version 1 was published and is not what it was",
              "new": {
                "kind": "object",
                "members": {
                  "by": {
                    "kind": "text",
                  },
                  "door": {
                    "kind": "int",
                  },
                },
                "rest": {
                  "kind": "anything",
                },
              },
              "old": {
                "kind": "object",
                "members": {
                  "door": {
                    "kind": "int",
                  },
                },
                "rest": {
                  "kind": "anything",
                },
              },
              "pointer": "/events/door.opened@1",
              "rule": "FROZEN_VERSION_CHANGED",
              "severity": "error",
            },
            {
              "at": {
                "file": "<root>/new/src/index.js",
                "line": 9,
              },
              "backward": "break",
              "bump": "major",
              "counterExample": {
                "document": {
                  "door": 0,
                },
                "refusal": {
                  "at": "model",
                  "message": "Invalid input: expected string, received undefined",
                  "path": "/by",
                  "version": 1,
                },
              },
              "fix": "make it optional, or write an upcaster that fills or maps it",
              "forward": "ok",
              "message": "by is new and required; old lines do not have it",
              "new": {
                "kind": "text",
              },
              "pointer": "/events/door.opened/by",
              "rule": "FIELD_ADDED_REQUIRED",
              "severity": "error",
            },
          ],
          "kind": "schema-compatibility",
          "ledgers": [],
          "mode": "BACKWARD_TRANSITIVE",
          "new": {
            "digest": "sha256:<digest>",
            "name": "@team/doors",
            "version": "2.0.0",
          },
          "old": {
            "digest": "sha256:<digest>",
            "name": "@team/doors",
            "version": "1.0.0",
          },
          "requiredStep": "major",
          "scope": "all",
          "seed": 7,
          "tried": [
            {
              "counterExample": {
                "document": {
                  "door": 0,
                },
                "refusal": {
                  "at": "model",
                  "message": "Invalid input: expected string, received undefined",
                  "path": "/by",
                  "version": 1,
                },
              },
              "passed": 0,
              "type": "door.opened",
              "version": 1,
            },
          ],
          "v": 1,
          "verdict": "incompatible",
        },
      }
    `)
  })

  it('unknown: 3, until stored lines settle it', async () => {
    const old = await published()
    const optional = '.next(z.looseObject({ door: int(), by: text().optional() }), (old) => old)'
    const next = desk.package('new', '2.0.0', doorV1 + optional)
    expect(await check(next, old)).toMatchObject({ code: 3, out: expect.stringContaining('unknown') as string })
    const ledger = desk.write('inn.jsonl', lineOf('door.opened', 1, '{"door": 1}'))
    expect(await check(next, old, '--replay', ledger)).toMatchObject({
      code: 0,
      out: expect.stringContaining('scope: these 1 ledgers as they are now') as string,
    })
    fs.appendFileSync(ledger, lineOf('door.opened', 2, '{"by": 7, "door": 1}'))
    expect(await check(next, old, '--replay', ledger)).toMatchObject({
      code: 1,
      out: expect.stringContaining('1 of 2 lines fail') as string,
    })
  })
})

describe('progress', () => {
  const talk = async (options: MemoryIoOptions, ...args: readonly string[]): Promise<string> => {
    const old = await published()
    const ledger = desk.write('inn.jsonl', lineOf('door.opened', 1, '{"door": 1}'))
    const all = ['check', desk.package('new', '2.0.0', stepped), '--against', old, '--documents', '50']
    return (await desk.run([...all, '--replay', ledger, ...args], options)).err
  }

  it('is one redrawn line on a terminal, from the first version on', async () => {
    const err = await talk({ isTerminal: true })
    expect(err).toContain('\r\u001b[Kdoor.opened version 1: 50 documents')
    expect(err).toMatch(/\r\u001b\[K<root>\/inn\.jsonl {2}1 lines/)
    expect(err.endsWith('\r\u001b[K')).toBe(true)
  })

  it('is silent with -q, and off a terminal for the first half minute', async () => {
    for (const err of [await talk({ isTerminal: true }, '-q'), await talk({})]) {
      expect(err).not.toContain('\u001b')
      expect(err).toMatch(/comparing .*\n.*replaying .*\n$/)
      desk.remove()
      desk = new SchemaDesk()
    }
  })
})

describe('the version', () => {
  it('too small: 1, whatever the verdict is', async () => {
    const old = await published()
    const { code, out } = await check(desk.package('new', '1.0.1', stepped), old)
    expect({ code, out }).toMatchInlineSnapshot(`
      {
        "code": 1,
        "out": "compatible   @team/doors 1.0.0 -> 1.0.1   BACKWARD_TRANSITIVE   scope: all documents
        100 generated old documents of 1 stored versions were read (seed 7)
        version step: patch; these changes ask for major
      warning FIELD_ADDED_REQUIRED /events/door.opened/by (<root>/new/src/index.js:11)
        by is new and required; old lines do not have it
        + {"kind":"union","options":[{"kind":"null"},{"kind":"text"}]}
        fix: nothing to fix: the step settles it for readers of the new package; bump: major
      error SEMVER_TOO_SMALL /version (<root>/new/package.json:1)
        from 1.0.0 to 1.0.1 is too small for these changes
        - "1.0.0"
        + "1.0.1"
        fix: make it a major step; bump: major
      ",
      }
    `)
  })

  it('is the one that pending changesets will make it', async () => {
    const old = await published()
    const next = desk.package('new', '1.0.0', stepped)
    fs.mkdirSync(desk.path('.changeset'))
    desk.write('.changeset/one.md', `---\n'@team/windows': major\n"@team/doors": patch\n---\n\nDoors.\n`)
    expect((await check(next, old)).out).toContain('SEMVER_TOO_SMALL')
    desk.write('.changeset/two.md', `---\n'@team/doors': major\n---\n\nDoors say who.\n`)
    expect(await check(next, old)).toMatchObject({
      code: 0,
      out: expect.stringContaining('version step: major') as string,
    })
  })
})

describe('suppressions', () => {
  const suppressed = (expires: string): object => ({
    ledgerd: {
      suppressions: [{ rule: 'SEMVER_TOO_SMALL', pointer: '/version', reason: 'nobody has 1.0.0 yet', expires }],
    },
  })

  it('cover a finding until their last day', async () => {
    const old = await published()
    const { code, out } = await check(desk.package('new', '1.0.1', stepped, { ...suppressed('2026-03-01') }), old)
    expect({ code, said: out.includes('suppressed: nobody has 1.0.0 yet') }).toEqual({ code: 0, said: true })
  })

  it('are errors of their own from the day after', async () => {
    const old = await published()
    const { code, out } = await check(desk.package('new', '1.0.1', stepped, { ...suppressed('2026-02-28') }), old)
    expect(code).toBe(1)
    expect(out).toContain('error SEMVER_TOO_SMALL /version')
    expect(out).toContain('error SUPPRESSION_EXPIRED /version')
  })

  it('decide nothing when they are not whole', async () => {
    const old = await published()
    const manifest = { ledgerd: { suppressions: [{ rule: 'TYPE_NARROWED', pointer: '', expires: '2026-12-31' }] } }
    expect(await check(desk.package('new', '1.0.1', stepped, manifest), old)).toMatchInlineSnapshot(`
      {
        "code": 7,
        "err": "ledgerd: <root>/new has no lock yet; write it: ledgerd schema gen <root>/new
      ledgerd: comparing @team/doors 1.0.1 with 1.0.0 (seed 7)
      ledgerd: <root>/new/package.json at /ledgerd/suppressions/0 is no suppression
        try: write {"rule": …, "pointer": …, "reason": …, "expires": "2026-12-31"}, all of them text and none empty
      ",
        "out": "",
      }
    `)
  })
})

describe('help', () => {
  for (const name of ['new', 'gen', 'check', 'docs'])
    it(`of schema ${name} has three examples`, async () => {
      const { out, exitCode } = await run(['schema', name, '--help'])
      expect(exitCode).toBe(0)
      expect(out.split('\n').filter((line) => line.startsWith(`  $ ledgerd schema ${name} `))).toHaveLength(3)
    })
})
