// Lines of both profiles are read by Python itself and checked by its own json.dumps, which is what readers of the
// original format do.
import { spawnSync } from 'node:child_process'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeDraft } from './draft-text.ts'
import { openWriter } from './writer.ts'

const script = `
import hashlib, json, sys
ascii = sys.argv[1] == 'seed'
bad = []
for number, line in enumerate(sys.stdin.buffer.read().split(b'\\n')[:-1], 1):
    event = json.loads(line.decode('utf-8'))
    stored = event.pop('_checksum')
    text = json.dumps(event, sort_keys=True, ensure_ascii=ascii)
    whole = json.dumps({**event, '_checksum': stored}, sort_keys=True, ensure_ascii=False)
    if stored != 'sha256:' + hashlib.sha256(text.encode('utf-8')).hexdigest() or whole.encode('utf-8') != line:
        bad.append(number)
print(json.dumps({'lines': number, 'bad': bad}))
`

const hasPython = spawnSync('python3', ['--version']).status === 0

describe.skipIf(!hasPython)("Python's json.dumps (needs python3)", () => {
  const text = fc.string({ unit: 'binary', maxLength: 12 })
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.oneof(fc.maxSafeInteger(), fc.constantFrom(0, -0, 1e16, 1e21, 5e-324, 1e-5, 123456789012345680000)),
      text,
      fc.constantFrom(null, true, false),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(text, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  })).value
  const data = fc.dictionary(text, json, { maxKeys: 5, noNullPrototype: true })

  for (const profile of ['seed', 'original'])
    it(`accepts every line of profile ${profile}`, () => {
      fc.assert(
        fc.property(fc.array(data, { minLength: 200, maxLength: 200 }), (payloads) => {
          const usable = payloads.filter((payload) => !JSON.stringify(payload).includes('__proto__'))
          const lines = sealAll(usable, profile)
          const python = spawnSync('python3', ['-c', script, profile], { input: lines })
          expect(python.stderr.toString()).toBe('')
          expect(JSON.parse(python.stdout.toString())).toEqual({ lines: usable.length, bad: [] })
        }),
        { numRuns: 3 },
      )
    })
})

function sealAll(payloads: readonly unknown[], profile: string): Uint8Array {
  const writer = openWriter({ ledger: 'inn', profile })
  const target = new Uint8Array(1 << 22)
  let end = 0
  for (const [seq, data] of payloads.entries()) {
    const id = seq.toString(16).padStart(32, '0')
    const draft = new TextEncoder().encode(encodeDraft({ type: 'weather.changed', id, data, meta: { seq } }))
    end = writer.seal(writer.admit(draft), { seq, timeMs: 1_772_202_181_000 + seq * 13 }, target, end)
  }
  return target.subarray(0, end)
}
