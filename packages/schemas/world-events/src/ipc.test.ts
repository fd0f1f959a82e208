import { describe, expect, it } from 'vitest'
import { readVector } from '../conformance/check-file.ts'
import { ipcHash, modelSeed } from './ipc-hash.ts'
import type { IpcPayload } from './ipc-hash.ts'
import { ipcId, outputHash, promptHash } from './ipc-id.ts'

interface Vector {
  readonly payload_json_text?: string
  readonly ipc_hash?: string
  readonly seed_int_str?: string
  readonly compute_ipc_id?: {
    input_hash: string
    system_prompt_hash: string
    model: string
    temperature_repr: string
    max_tokens: number
    seed: number
  }
  readonly ipc_id?: string
  readonly system_prompt?: string
  readonly output_text?: string
  readonly hash?: string
}

const vectors = new TextDecoder()
  .decode(readVector('ipc_hash.jsonl'))
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Vector)

describe('vectors of the original library', () => {
  it('are all there', () => expect(vectors).toHaveLength(66))

  for (const [index, vector] of vectors.entries())
    it(`record ${index + 1}`, () => {
      const { payload_json_text, compute_ipc_id, system_prompt, output_text } = vector
      if (payload_json_text !== undefined) {
        const hash = ipcHash(JSON.parse(payload_json_text) as IpcPayload)
        expect(hash).toBe(vector.ipc_hash)
        expect(String(modelSeed(hash))).toBe(vector.seed_int_str)
      }
      if (compute_ipc_id !== undefined)
        expect(ipcId({ ...compute_ipc_id, temperature: Number(compute_ipc_id.temperature_repr) })).toBe(vector.ipc_id)
      if (system_prompt !== undefined) expect(promptHash(system_prompt)).toBe(vector.hash)
      if (output_text !== undefined) expect(outputHash(output_text)).toBe(vector.hash)
      expect([payload_json_text, compute_ipc_id, system_prompt, output_text].filter(Boolean)).toHaveLength(1)
    })
})

describe("Python's white space", () => {
  const same = [
    { name: 'indentation and kinds of line break', a: promptHash('  a \r\n\tb\u2028c\n'), b: promptHash('a\nb\nc') },
    { name: 'U+001C to U+001F and U+0085 are blank', a: outputHash('\u001f\u0085 a \u001c'), b: outputHash('a') },
    { name: 'runs of spaces', a: outputHash('a    b'), b: outputHash('a b') },
  ]
  for (const { name, a, b } of same) it(name, () => expect(a).toBe(b))

  it('does not count U+FEFF, and leaves tabs inside alone', () => {
    expect(outputHash('\ufeffa')).not.toBe(outputHash('a'))
    expect(outputHash('a\tb')).not.toBe(outputHash('a b'))
    expect(promptHash('a\n\nb')).not.toBe(promptHash('a\nb'))
  })
})
