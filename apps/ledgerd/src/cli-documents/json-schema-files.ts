// The published JSON Schemas of the documents: one file for each kind and version, the same bytes from the same models.
import * as z from 'zod'
import { cliDocuments } from './all-documents.ts'
import type { CliDocument } from './cli-document.ts'

/** Texts by file name, each ended by LF. */
export function jsonSchemaFiles(): ReadonlyMap<string, string> {
  return new Map(cliDocuments.map((document) => [jsonSchemaName(document), textOf(document)]))
}

export function jsonSchemaName({ kind, v }: Pick<CliDocument, 'kind' | 'v'>): string {
  return `${kind}.v${v}.json`
}

/** Dialect, name and words first, so that whoever opens the file reads them first. */
function textOf(document: CliDocument): string {
  const { kind, v, title, when, commands, model } = document
  const { $schema, ...schema } = z.toJSONSchema(model, { target: 'draft-2020-12', io: 'output' })
  const description = `Printed by ${commands.map((command) => `ledgerd ${command}`).join(', ')}: ${when}.`
  return `${JSON.stringify({ $schema, $id: `urn:ledgerd:json:${kind}:v${v}`, title, description, ...schema }, undefined, 2)}\n`
}
