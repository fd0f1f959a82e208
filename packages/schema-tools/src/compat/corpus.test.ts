// The corpus: what each rule hits, what it only nearly hits, and the verdict, each at five places of a payload.
// LEDGERD_CORPUS_DOCUMENTS=10000 is the long form: so many generated old documents for each verdict "compatible".
import type { EventMap } from '@ledgerd/schema'
import { describe, expect, it } from 'vitest'
import type { Model, Up } from '../../conformance/corpus-pair.ts'
import { firstPairs } from '../../conformance/corpus-first-pairs.ts'
import { morePairs } from '../../conformance/corpus-more-pairs.ts'
import { nearMisses } from '../../conformance/corpus-near-misses.ts'
import { placements } from '../../conformance/corpus-placements.ts'
import { freezeSchema } from '../frozen/freeze-schema.ts'
import type { SchemaSide } from '../search/reading.ts'
import type { RuleName } from './change.ts'
import { checkCompatibility } from './check-compatibility.ts'
import { ruleFacts } from './rules/rule-table.ts'

const documents = Number(process.env['LEDGERD_CORPUS_DOCUMENTS'] ?? 400)
const timeout = 120_000 + documents * 10
const pairs = [...firstPairs, ...morePairs]
const same: Up = (old) => old

function side(versions: EventMap[string]['versions'], version: string): SchemaSide {
  const line = { dialects: ['python'], identity: ['/event_id'], time: '/timestamp' } as const
  const events: EventMap = { e: { model: versions.at(-1)?.model as Model, versions } }
  const base = { name: 'team-schema', family: 'team', profiles: ['default'], links: {} } as const
  return {
    frozen: freezeSchema({ ...base, line, version, events } as unknown as Parameters<typeof freezeSchema>[0]),
    events,
  }
}

describe('the corpus', () => {
  for (const placement of placements)
    it.each(pairs)(
      `in ${placement.name}: $name: $verdict`,
      { timeout },
      async ({ old, next, up = same, rules, verdict }) => {
        const [before, after] = [placement.model(old), placement.model(next)]
        const newSide = side(
          [
            { model: before, upcast: placement.up(up) as never },
            { model: after, upcast: undefined },
          ],
          '2.0.0',
        )
        const report = await checkCompatibility(side([{ model: before, upcast: undefined }], '1.0.0'), newSide, {
          seed: 7,
          documents,
        })
        expect(report.findings.map(({ rule }) => rule)).toEqual(rules)
        expect(report.verdict).toBe(verdict)
        const executed = report.tried.flatMap(({ counterExample }) =>
          counterExample === undefined ? [] : [counterExample.document],
        )
        expect(executed.length > 0).toBe(verdict === 'incompatible')
        if (verdict === 'compatible') for (const { passed } of report.tried) expect(passed).toBe(documents)
        for (const document of executed) {
          expect(before.safeParse(document).success).toBe(true)
          expect(after.safeParse(placement.up(up)(document)).success).toBe(false)
        }
      },
    )

  const schemaWide = /^(?:EVENT_|LINE_|FROZEN_|UPCASTER_|VALIDATOR_|UNPROVEN)/
  const payloadRules = (Object.keys(ruleFacts) as RuleName[]).filter((name) => !schemaWide.test(name))
  it.each(payloadRules)('has a hit of %s, and a pair that only comes near it', (rule) => {
    expect(pairs.filter(({ rules }) => rules.includes(rule))).not.toEqual([])
    const near = pairs.filter(({ name }) => name === nearMisses[rule])
    expect(near).toHaveLength(1)
    expect(near.flatMap(({ rules }) => rules)).not.toContain(rule)
  })

  it('is as large as its guards say', () => {
    expect(payloadRules).toHaveLength(18)
    expect(pairs.length * placements.length).toBeGreaterThanOrEqual(120)
  })
})
