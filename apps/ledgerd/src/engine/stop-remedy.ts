// What an operator does about a stopped ledger, reason by reason. The same words stand in the refusal of appends, in `stats`
// and in the metrics, so that whoever meets the stop first knows the way on.
import type { StopReason } from '../storage/stop-signal.ts'

const putBack =
  'put the right bytes back from a backup (its sidecar and its file, of one copy), or go on in a new ledger; verify names the lines'
const lookAtDisk =
  'look at the disk (dmesg), then restart the daemon: what was acknowledged is checked before it serves'
const findWriter = 'find the other program that writes here, stop it, and restart the daemon'
const asTheReasonSays = 'do as the reason says, then restart the daemon'

const remedies: Readonly<Record<StopReason, string>> = {
  'acknowledged-missing': putBack,
  'acknowledged-damaged': putBack,
  'write-failed': lookAtDisk,
  'sync-failed': lookAtDisk,
  'foreign-bytes': findWriter,
  'file-replaced': findWriter,
  'epoch-superseded': findWriter,
  'lock-taken': findWriter,
  'disk-full': 'make room or raise the quota; appends go on by themselves',
  'tail-too-large': 'stop the daemon and look at what ledgerd repair would set aside',
  'tail-in-doubt': 'stop the daemon and look at what ledgerd repair would set aside',
  'damage-without-head': 'stop the daemon and look at what ledgerd repair would set aside',
  'checksum-variant-conflict': asTheReasonSays,
  'schema-unknown': asTheReasonSays,
  'schema-contradicted': asTheReasonSays,
  'opening-failed': asTheReasonSays,
}

/** Every reason there is. */
export const stopReasons: readonly StopReason[] = Object.keys(remedies) as StopReason[]

/** One sentence without a full stop. */
export function remedyOf(reason: StopReason): string {
  return remedies[reason]
}
