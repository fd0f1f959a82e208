// Values that the original could not write either. Its errors escaped raw; ours are VALUE_REFUSED, on the client where
// the value is built or, at the latest, before the file is touched.
import { describe, expect, it } from 'vitest'
import { readVector } from '../conformance/check-file.ts'
import { admit, draftId, refusalOf } from '../conformance/inn-drafts.ts'
import { encodeDraft } from './draft-text.ts'

const failures = JSON.parse(new TextDecoder().decode(readVector('adversarial/write_failures.json'))) as {
  readonly case: string
}[]

const circular: unknown[] = []
circular.push(circular)
let deep: unknown = []
for (let i = 0; i < 5000; i++) deep = [deep]

const values: Readonly<Record<string, unknown>> = {
  'lone surrogate high': '\ud800',
  'lone surrogate low': '\udfff',
  'lone surrogate key': { '\ud83d': 1 },
  set: new Set([1]),
  bytes: Uint8Array.of(1),
  circular,
  '5000-digit int': 10n ** 4999n,
  'depth 5000': deep,
}
// Keys of a JavaScript object are strings, so this one cannot be expressed.
const inexpressible = 'mixed key types'

describe('what the original cannot write', () => {
  it('is all here', () => {
    expect(failures.map((failure) => failure.case).sort()).toEqual([...Object.keys(values), inexpressible].sort())
  })

  for (const [name, value] of Object.entries(values))
    it(name, () => {
      const refused = refusalOf(() => admit(encodeDraft({ type: 'weather.changed', id: draftId, data: { value } })))
      expect(refused).toMatchObject({ code: 'VALUE_REFUSED', details: { reason: expect.any(String) as string } })
    })
})
