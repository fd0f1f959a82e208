import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ContentStore, Finding } from '@ledgerd/schema'
import { describe, expect, it } from 'vitest'
import { readVectorLines } from '../conformance/check-file.ts'
import { contentFolder } from './content-folder.ts'
import { verifyArtifacts } from './verify-artifacts.ts'
import type { ArtifactCoverage, PlacedLine } from './verify-artifacts.ts'

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex')
const song = digestOf('song')
const other = digestOf('other')

function lines(...texts: readonly string[]): PlacedLine[] {
  return texts.map((text, at) => ({ bytes: new TextEncoder().encode(text), place: { line: at + 1, offset: 100 * at } }))
}

async function verify(
  given: Iterable<PlacedLine>,
  store: ContentStore,
): Promise<{ coverage: ArtifactCoverage; findings: Finding[] }> {
  const findings: Finding[] = []
  const coverage = await verifyArtifacts(given, store, (finding) => findings.push(finding))
  return { coverage, findings }
}

/** Files in memory, in chunks of one byte; notes what is opened. */
function memory(files: Readonly<Record<string, string>>, opened: string[] = []): ContentStore {
  return {
    open(reference) {
      opened.push(reference)
      const text = files[reference]
      if (text === undefined) return Promise.resolve(undefined)
      return Promise.resolve(
        (async function* () {
          for (const byte of new TextEncoder().encode(text)) yield Uint8Array.of(byte)
        })(),
      )
    },
  }
}

const none = {
  references: 0,
  verified: 0,
  byName: 0,
  missing: 0,
  mismatched: 0,
  unchecked: 0,
  unreadable: 0,
  unreadableLines: 0,
}

describe('artifacts', () => {
  const store = memory({ [`sha256:${song}`]: 'song', [`sha256:${other}`]: 'song', 'cid:here': 'anything' })
  const cases = [
    { name: 'right bytes', text: `{"a_sha256": "sha256:${song}"}`, want: { verified: 1 }, findings: [] },
    {
      name: 'other bytes',
      text: `{"a_sha256": "sha256:${other}"}`,
      want: { mismatched: 1 },
      findings: [
        {
          code: 'artifact-mismatch',
          severity: 'E',
          path: '/a_sha256',
          expected: `sha256:${other}`,
          found: `sha256:${song}`,
        },
      ],
    },
    {
      name: 'no file',
      text: `{"engines": {"rvc": {"image": "sha256:${'0'.repeat(64)}"}}}`,
      want: { missing: 1 },
      findings: [{ code: 'artifact-missing', severity: 'E', path: '/engines/rvc/image' }],
    },
    {
      name: 'a CID that is there',
      text: '{"x": [{"a_cid": "cid:here"}]}',
      want: { byName: 1 },
      findings: [{ code: 'artifact-unchecked', severity: 'I', path: '/x/0/a_cid' }],
    },
    {
      name: 'a CID that is not',
      text: '{"a_cid": "cid:gone"}',
      want: { missing: 1 },
      findings: [{ code: 'artifact-missing', severity: 'E', path: '/a_cid' }],
    },
    {
      name: 'a placeholder',
      text: '{"a_cid": "cid:Qm...a1"}',
      want: { unchecked: 1 },
      findings: [{ code: 'artifact-unchecked', severity: 'I', path: '/a_cid' }],
    },
    {
      name: 'no text',
      text: '{"a_sha256": 7}',
      want: { unchecked: 1 },
      findings: [{ code: 'artifact-unchecked', severity: 'I', path: '/a_sha256' }],
    },
  ]
  for (const { name, text, want, findings } of cases)
    it(name, async () => {
      const verdict = await verify(lines(text), store)
      expect(verdict.coverage).toEqual({ ...none, lines: 1, references: 1, ...want })
      expect(verdict.findings).toMatchObject(findings.map((finding) => ({ line: 1, offset: 0, ...finding })))
      expect(verdict.findings).toHaveLength(findings.length)
    })

  it('the digest of a signature and the image of anything else are no references', async () => {
    const { coverage } = await verify(
      lines('{"sign": {"sha256": "x", "a_sha256": "x"}, "image": "x", "request": {"image": "x"}}'),
      store,
    )
    expect(coverage).toEqual({ ...none, lines: 1 })
  })

  it('reads a file once, and names every place', async () => {
    const opened: string[] = []
    const text = '{"a_cid": "cid:gone"}'
    const { findings } = await verify(lines(text, 'no json', text), memory({}, opened))
    expect(opened).toEqual(['cid:gone'])
    expect(findings.map(({ line, offset }) => [line, offset])).toEqual([
      [1, 0],
      [3, 200],
    ])
  })

  it('a store that fails is no missing file', async () => {
    const failing: ContentStore = { open: () => Promise.reject(new Error('disk on fire')) }
    const { coverage, findings } = await verify(lines('{"a_cid": "cid:x"}', '[]'), failing)
    expect(coverage).toEqual({ ...none, lines: 2, unreadableLines: 1, references: 1, unchecked: 1, unreadable: 1 })
    expect(findings).toMatchObject([{ code: 'artifact-unreadable', severity: 'W' }])
  })

  it('of the fixtures are missing from an empty store, every one', async () => {
    const { coverage } = await verify(
      readVectorLines('seed_schema_unsigned.jsonl').map((bytes) => ({ bytes, place: { line: 1, offset: 0 } })),
      memory({}),
    )
    expect(coverage).toEqual({ ...none, lines: 72, references: 72 * 13, missing: 72 * 13 })
  })
})

describe('a folder', () => {
  it('holds files by digest and by id, bare or below their kind', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'content-'))
    try {
      await mkdir(path.join(folder, 'sha256'))
      await mkdir(path.join(folder, 'directory'))
      await writeFile(path.join(folder, song), 'song')
      await writeFile(path.join(folder, 'sha256', other), 'wrong')
      await writeFile(path.join(folder, 'bafy'), 'anything')
      const text = JSON.stringify({
        ...{ a_sha256: `sha256:${song}`, b_sha256: `sha256:${other}`, c_cid: 'cid:bafy', d_cid: 'cid:directory' },
        ...{ e_cid: 'cid:../content', f_cid: `cid:${path.join(folder, song)}` },
      })
      const { coverage, findings } = await verify(lines(text), contentFolder(folder))
      expect(coverage).toMatchObject({ references: 6, verified: 1, mismatched: 1, byName: 1, missing: 3 })
      expect(findings.map(({ code, path: where }) => `${code} ${where}`)).toEqual([
        ...['artifact-mismatch /b_sha256', 'artifact-unchecked /c_cid', 'artifact-missing /d_cid'],
        ...['artifact-missing /e_cid', 'artifact-missing /f_cid'],
      ])
      expect((await verify(lines(text), contentFolder(path.join(folder, 'none')))).coverage.missing).toBe(6)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
