// What a data folder must be after a fault, as the laboratory's checker sees it, and how much of it was never confirmed.
import fs from 'node:fs'
import path from 'node:path'
import {
  checkFolder,
  type Evidence,
  type FolderImage,
  ledgerBytes,
  ledgersOf,
  readFolder,
  type Violation,
} from '@ledgerd/testkit'
import { eventIdIn } from '../../test/turns.ts'

/** What clients kept, and every identity that they ever sent. */
export interface KeptByClients {
  readonly evidence: Evidence
  readonly sent: () => ReadonlySet<string>
}

export class FolderJudge {
  readonly violations: Violation[] = []
  readonly #folder: string
  readonly #kept: KeptByClients
  /** What the recovery that was looked at last had left: it stays so for ever. */
  #settled: FolderImage = new Map()

  constructor(folder: string, kept: KeptByClients) {
    this.#folder = folder
    this.#kept = kept
  }

  /** After a crash, before anything recovered: everything acknowledged is there. */
  judgeCrashed(when: string): void {
    this.#judge('running', when)
  }

  /** After a recovery: everything is whole. */
  judgeRecovered(when: string): void {
    this.#settled = this.#judge('none', when)
  }

  say(kind: Violation['kind'], ledger: string, sentence: string): void {
    this.violations.push({ kind, ledger, sentence })
  }

  #judge(tail: 'none' | 'running', when: string): FolderImage {
    const image: FolderImage = fs.existsSync(this.#folder) ? readFolder(this.#folder) : new Map()
    const { evidence, sent } = this.#kept
    for (const found of checkFolder({ image, evidence, identityOf: eventIdIn, sent: sent(), tail }))
      this.violations.push({ ...found, sentence: `${when}: ${found.sentence}` })
    for (const ledger of ledgersOf(this.#settled)) {
      const before = ledgerBytes(this.#settled, ledger)
      if (!ledgerBytes(image, ledger).subarray(0, before.length).equals(before))
        this.say('not-idempotent', ledger, `${when}: bytes that a recovery left are others now`)
    }
    return image
  }
}

/** Bytes above what the ledger's head record confirms; 0 for a ledger without one. */
export function unconfirmedBytes(folder: string, ledger: string): number {
  const head = path.join(folder, '.ledgerd/ledgers', `${ledger}.jsonl`, 'head')
  const file = path.join(folder, `${ledger}.jsonl`)
  if (!fs.existsSync(head) || !fs.existsSync(file)) return 0
  const sizes = [...fs.readFileSync(head, 'latin1').matchAll(/"bytes":(\d+)/g)].map(([, bytes]) => Number(bytes))
  return Math.max(0, fs.statSync(file).size - Math.max(0, ...sizes))
}
