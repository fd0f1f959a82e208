// A team's schema package on disk, as `ledgerd schema` works on it: @ledgerd/schema and zod beside it, and the output of
// commands with the folder's name taken out, so that it can be compared with golden text.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from './memory-io.ts'
import type { MemoryIoOptions } from './memory-io.ts'

const schema = fs.realpathSync(fileURLToPath(new URL('../../../packages/schema', import.meta.url)))
const zod = fs.realpathSync(path.join(schema, 'node_modules/zod'))

export interface Answer {
  readonly code: number
  readonly out: string
  readonly err: string
}

export class SchemaDesk {
  readonly root: string = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-schema-'))

  constructor() {
    fs.mkdirSync(this.path('node_modules/@ledgerd'), { recursive: true })
    fs.symlinkSync(schema, this.path('node_modules/@ledgerd/schema'), 'dir')
    fs.symlinkSync(zod, this.path('node_modules/zod'), 'dir')
  }

  path(name: string): string {
    return path.join(this.root, name)
  }

  read(name: string): string {
    return fs.readFileSync(this.path(name), 'utf8')
  }

  write(name: string, text: string): string {
    fs.mkdirSync(path.dirname(this.path(name)), { recursive: true })
    fs.writeFileSync(this.path(name), text)
    return this.path(name)
  }

  /** A package in this folder; a folder is loaded once, so another version of it needs another folder. */
  package(folder: string, version: string, events: string, manifest: Readonly<Record<string, unknown>> = {}): string {
    const document = {
      ...{ name: '@team/doors', version, type: 'module', keywords: ['ledgerd-schema'], exports: './src/index.js' },
      ...manifest,
    }
    this.write(`${folder}/package.json`, JSON.stringify(document))
    this.write(
      `${folder}/src/index.js`,
      `import * as z from 'zod'
import { defineSchema, event, field, float, int, text } from '@ledgerd/schema'
export default defineSchema({
  name: '@team/doors',
  version: '${version}',
  events: {
${events}
  },
})
`,
    )
    return this.path(folder)
  }

  /** Runs `ledgerd schema …`; `<root>` stands for the folder, `<digest>` for what depends on every byte. */
  async run(args: readonly string[], options: MemoryIoOptions = {}): Promise<Answer> {
    const { exitCode, out, err } = await run(['schema', ...args], options)
    const plain = (text: string): string => text.replaceAll(this.root, '<root>').replaceAll(/[0-9a-f]{64}/g, '<digest>')
    return { code: exitCode, out: plain(out), err: plain(err) }
  }

  remove(): void {
    fs.rmSync(this.root, { recursive: true, force: true })
  }
}

/** The line of one event, as defineSchema's envelope has it. */
export function lineOf(type: string, number: number, data: string, version: number = 1): string {
  const id = number.toString(16).padStart(32, '0')
  const meta = version === 1 ? '{}' : `{"data_version": ${version}}`
  return `{"data": ${data}, "id": "${id}", "link": null, "meta": ${meta}, "time": "2026-03-01T10:00:00.000Z", "type": "${type}"}\n`
}
