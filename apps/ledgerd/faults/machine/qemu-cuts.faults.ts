// Suite D on a whole machine, and the proof that it can fail: a daemon in there whose syncs do nothing must lose lines, and so must
// one that syncs on a disk which does nothing when it is told to flush. The first shows that the memory of the machine is lost, the
// second that what its disk did not flush is.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, it } from 'vitest'
import { atGate } from '../../test/gate.ts'
import { seeded, seedOfRun } from '../../test/seeded.ts'
import { handIn, notRun } from '../suite-report.ts'
import { kernelPackage } from './guest-kernel.ts'
import { type GuestParts, makeGuestParts } from './guest-machine.ts'
import { missing } from './machine-needs.ts'
import { runQemuCuts } from './qemu-cut-suite.ts'

const seed = seedOfRun('qemu-cuts')
const programs = ['qemu-system-x86_64', 'busybox', 'cpio', 'cc', 'dpkg-deb', 'mkfs.ext4', 'fusermount3'] as const
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-guest-'))
/** A disk that flushes nothing may lose its file system before its lines, and is not looked into any more. */
const disksMax = 5
const parts = partsOrReason()
afterAll(() => fs.rmSync(folder, { recursive: true }))

it('D power cuts, QEMU', async () => {
  const suite = 'D power cuts, QEMU'
  if (typeof parts === 'string') return handIn(notRun(suite, parts, seed))
  const cuts = atGate({ faults: 2, long: 100 })
  handIn(await runQemuCuts({ suite, parts, cuts, seed, random: seeded(seed) }))
})

for (const without of ['syncs', 'flushes'] as const) {
  const suite = `S power cuts without ${without}, QEMU`
  it(suite, async () => {
    if (typeof parts === 'string') return handIn(notRun(suite, parts, seed))
    const random = seeded(seed)
    const counts = { disks: 0, cuts: 0, receipts: 0, found: 0 }
    while (counts.found === 0 && counts.disks < disksMax) {
      const report = await runQemuCuts({ suite, parts, cuts: 3, seed, random, without })
      counts.disks++
      for (const name of ['cuts', 'receipts'] as const) counts[name] += report.counts[name] ?? 0
      counts.found += report.violations.filter(({ kind }) => kind === 'lost').length
    }
    const guards = [{ name: 'lost lines found', value: counts.found, min: 1 }]
    handIn({ suite, counts, violations: [], guards, seed, notRun: [] })
  })
}

function partsOrReason(): GuestParts | string {
  const reason = process.arch === 'x64' ? undefined : 'is written for x86_64'
  const needs = programs.map((name) => `program ${name}` as const)
  const absent = reason ?? missing('root', 'loop devices', 'libfuse3-dev', ...needs)
  if (absent !== undefined) return absent
  const deb = kernelPackage()
  if (deb === undefined) return 'needs the kernel package, by apt or LEDGERD_KERNEL_DEB'
  return makeGuestParts(deb, folder)
}
