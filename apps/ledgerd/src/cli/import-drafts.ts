// The upserts that a build state has and its ledger has not, as drafts for `ledgerd append --batch`.
import fs from 'node:fs'
import { type BuildStateSource, newDrafts } from './import-build-state.ts'
import type { ImportTask } from './import-run.ts'

export async function printDrafts({ source, schema, target, io }: ImportTask): Promise<undefined> {
  const there = target !== undefined && fs.existsSync(target) ? target : undefined
  for (const draft of await newDrafts(source as BuildStateSource, there, schema)) await io.write(`${draft}\n`)
}
