// Suite F on tmpfs and ext4, and with a quota on btrfs.
import { it } from 'vitest'
import { atGate } from '../../test/gate.ts'
import { seeded, seedOfRun } from '../../test/seeded.ts'
import { handIn, notRun } from '../suite-report.ts'
import { runDiskFullRounds } from './disk-full-rounds.ts'
import { Filler } from './fill-disk.ts'
import { runInodeRounds } from './inode-rounds.ts'
import { missing } from './machine-needs.ts'
import { MountedDisk, mountTmpfs } from './mounted-disk.ts'
import { mountSubvolume, SubvolumeQuota } from './subvolume-quota.ts'

const seed = seedOfRun('full-disks')
const sizeMb = 112
/** Room enough: only the quota is used up. */
const subvolumeMb = 512

const fileSystems = [
  { name: 'tmpfs', needs: ['root', 'mounts', 'program fallocate'], mount: () => mountTmpfs(sizeMb) },
  {
    name: 'ext4',
    needs: ['root', 'loop devices', 'program mkfs.ext4', 'program fallocate'],
    mount: () => MountedDisk.make({ kind: 'ext4', sizeMb, formatArgs: ['-m', '0'] }),
  },
] as const

for (const { name, needs, mount } of fileSystems) {
  const suite = `F disk full, ${name}`
  it(suite, async () => {
    const reason = missing(...needs)
    if (reason !== undefined) return handIn(notRun(suite, reason, seed))
    handIn(
      await runDiskFullRounds({
        suite,
        rounds: atGate({ faults: 30, long: 350 }),
        seed,
        random: seeded(seed),
        mount,
        takerOf: ({ folder }) => new Filler(folder),
        roomBlocksMax: 12,
        restartChance: 0.2,
      }),
    )
  })
}

it('F quota, btrfs', async () => {
  const suite = 'F quota, btrfs'
  const reason = missing('root', 'loop devices', 'file system btrfs', 'program mkfs.btrfs', 'program btrfs')
  if (reason !== undefined) return handIn(notRun(suite, reason, seed))
  handIn(
    await runDiskFullRounds({
      suite,
      rounds: atGate({ faults: 8, long: 60 }),
      seed,
      random: seeded(seed),
      mount: () => mountSubvolume(subvolumeMb),
      takerOf: (subvolume) => new SubvolumeQuota(subvolume),
      roomBlocksMax: 18,
      restartChance: 0.5,
      errorName: 'EDQUOT',
    }),
  )
})

it('F inodes', async () => {
  const reason = missing('root', 'loop devices', 'program mkfs.ext4')
  if (reason !== undefined) return handIn(notRun('F inodes', reason, seed))
  handIn(await runInodeRounds({ rounds: atGate({ faults: 4, long: 60 }), seed, random: seeded(seed) }))
})
