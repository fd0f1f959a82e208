// docs/json-output.md: names every kind with its command and when it is printed, and each example in it fits the published
// schema of its kind.
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { PublishedSchemas } from '../../test/published-schemas.ts'
import { cliDocuments } from './all-documents.ts'
import type { CliDocument } from './cli-document.ts'
import { jsonSchemaName } from './json-schema-files.ts'

const page = fs.readFileSync(path.join(import.meta.dirname, '../../../../docs/json-output.md'), 'utf8')
const published = new PublishedSchemas()

function sectionOf(document: CliDocument): string {
  const { kind, title, commands, when } = document
  const by = commands.map((command) => `\`ledgerd ${command}\``).join(', ')
  const schema = `[schema](../apps/ledgerd/json-schemas/${jsonSchemaName(document)})`
  return `### ${kind}\n\n${title}. ${by}: ${when}. ${schema}\n\n\`\`\`json\n`
}

const examples = [...page.matchAll(/^### (\S+)\n\n.*\n\n```json\n([^]*?)\n```$/gm)]

describe('docs/json-output.md', () => {
  it('has a section for each kind, in their order, and no other', () => {
    expect(examples.map(([, kind]) => kind)).toEqual(cliDocuments.map(({ kind }) => kind))
    expect([...page.matchAll(/^### /gm)]).toHaveLength(cliDocuments.length)
  })

  for (const document of cliDocuments)
    it(`says of ${document.kind} what its schema says`, () => expect(page).toContain(sectionOf(document)))

  for (const [, kind, text = ''] of examples)
    it(`shows a ${kind} that fits its schema`, () => {
      const document = JSON.parse(text) as { readonly kind: string }
      expect(document.kind).toBe(kind)
      expect(published.problemOf(document)).toBeUndefined()
    })
})
