// Suite G of reliability §11: damage among committed bytes. One bit at every byte, and sectors zeroed, repeated and
// swapped: the ledger stops or the damage is named, and no byte of the file is changed or taken away.
import { type FolderImage, ledgerBytes, type Violation } from '@ledgerd/testkit'
import { hall } from './crash-runs.ts'
import { recordRun } from './record-run.ts'
import { recoverImage } from './recover-image.ts'
import type { SuiteReport } from './suite-report.ts'

export interface DamageSuiteOptions {
  /** Every so many bytes a bit is flipped. */
  readonly everyBytes: number
  readonly sectors: number
  readonly seed: number
  readonly random: () => number
}

const sectorBytes = 64

/** Damages a ledger of three groups, with its derived index and without it. */
export async function runDamageSuite({ everyBytes, sectors, seed, random }: DamageSuiteOptions): Promise<SuiteReport> {
  const run = await recordRun(
    [
      [{ ledger: hall, from: 0, to: 4 }],
      [{ ledger: hall, from: 4, to: 7 }],
      [{ ledger: hall, from: 7, to: 9 }],
      'close',
    ],
    undefined,
  )
  const bytes = ledgerBytes(run.end, hall)
  const counts = { bytes: bytes.length, flips: 0, sectors: 0, stopped: 0 }
  const violations: Violation[] = []
  const judge = async (damaged: Buffer, what: string): Promise<void> => {
    if (damaged.equals(bytes)) return
    for (const hasIndex of [true, false]) {
      const image = withLedger(hasIndex ? run.end : withoutIndex(run.end), damaged)
      const { seen, stops } = await recoverImage(image)
      if (stops.length > 0) counts.stopped++
      else violations.push({ kind: 'lost', ledger: hall, sentence: `${what}: nobody noticed` })
      if (!ledgerBytes(seen, hall).equals(damaged))
        violations.push({ kind: 'lost', ledger: hall, sentence: `${what}: the file was changed` })
    }
  }
  for (let at = 0; at < bytes.length; at += everyBytes) {
    const damaged = Buffer.from(bytes)
    damaged[at] = (damaged[at] as number) ^ (1 << Math.floor(random() * 8))
    await judge(damaged, `a bit of byte ${at}`)
    counts.flips += 2
  }
  const sectorCount = Math.floor(bytes.length / sectorBytes)
  const sector = (): number => Math.floor(random() * sectorCount) * sectorBytes
  for (let done = 0; done < sectors; done++) {
    const [from, to] = [sector(), sector()]
    for (const [what, damaged] of sectorDamage(bytes, from, to)) await judge(damaged, `${what} ${from} and ${to}`)
    counts.sectors += 6
  }
  return {
    suite: 'G damage',
    counts,
    violations,
    guards: [
      { name: 'flips', value: counts.flips, min: Math.floor(bytes.length / everyBytes) },
      { name: 'stopped', value: counts.stopped, min: counts.flips },
    ],
    seed,
    notRun: [],
  }
}

function sectorDamage(bytes: Buffer, from: number, to: number): [string, Buffer][] {
  const [zeroed, repeated, swapped] = [Buffer.from(bytes), Buffer.from(bytes), Buffer.from(bytes)]
  zeroed.fill(0, from, from + sectorBytes)
  bytes.copy(repeated, to, from, from + sectorBytes)
  bytes.copy(swapped, to, from, from + sectorBytes)
  bytes.copy(swapped, from, to, to + sectorBytes)
  return [
    ['a zeroed sector', zeroed],
    ['a repeated sector', repeated],
    ['swapped sectors', swapped],
  ]
}

function withLedger(image: FolderImage, bytes: Buffer): FolderImage {
  return new Map([...image, [`${hall}.jsonl`, bytes]])
}

function withoutIndex(image: FolderImage): FolderImage {
  return new Map([...image].filter(([name]) => !name.endsWith('/lines.seal')))
}
