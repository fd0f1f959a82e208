// The snippet of the README is this file's neighbour, so it compiles and runs.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { data, findings, line } from './readme-example.ts'

function read(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8')
}

describe('the README', () => {
  it('shows the example as it is run here', () => {
    const [, snippet] = /```ts\n(.*?)```/s.exec(read('../README.md')) ?? []
    const example = read('readme-example.ts').replace("'../src/index.ts'", "'@ledgerd/schema'")
    expect(`${snippet}\nexport { data, findings, line }\n`).toBe(example)
  })

  it('says what comes of it', () => {
    expect(new TextDecoder().decode(line)).toMatch(
      /^\{"data": \{"level": 1\.0, "room": "hall"\}, "id": "[0-9a-f]{32}", "link": null, "meta": \{"data_version": 2\}, "time": "2026-02-27T14:23:01\.452Z", "type": "light\.changed"\}$/,
    )
    expect(findings).toEqual([])
    expect(data).toEqual({ room: 'hall', level: 1 })
  })
})
