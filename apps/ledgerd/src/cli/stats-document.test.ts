// Of which type lines are, for people: what nobody has read is not called unreadable.
import pc from 'picocolors'
import { expect, it } from 'vitest'
import { formatStats, type Stats } from './stats-document.ts'

const stats: Stats = {
  ...{ kind: 'stats', v: 1, target: 'houses/mill', schemaDigest: null, tailBytes: 0, withheldLines: 0 },
  ...{ lines: 3, blankLines: 0, bytes: 9, sha256: 'sha256:0', root: 'sha256:0', variants: {} },
  ...{ earliest: null, latest: null, ledgerHash: null, epoch: null, state: null, stop: null },
  ...{ schema: '@team/doors 1.0.0', types: {}, untyped: 3 },
}

it.each([
  { name: 'a package that was not loaded', of: {}, want: 'not read 3; name their package: --schema @team/doors' },
  { name: 'a package that was', of: { types: { 'door.opened': 2 }, untyped: 1 }, want: 'door.opened 2, unreadable 1' },
  { name: 'a family of ledgerd', of: { schema: '@ledgerd/schema-kernel-runs 0.1.0' }, want: 'unreadable 3' },
  { name: 'no line', of: { lines: 0, untyped: 0 }, want: 'none' },
])('says of which type lines are: $name', ({ of, want }) => {
  expect(formatStats({ ...stats, ...of }, pc.createColors(false))).toMatch(new RegExp(`^ {2}types +${want}$`, 'm'))
})
