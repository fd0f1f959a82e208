// Which histories are tried: the steps, their weights, and what they are made of.
import fc, { type Arbitrary } from 'fast-check'
import { faultStep, forgetStep, rivalStep, sidecarFiles, takeOverStep, vandalStep } from './model-attacks.ts'
import {
  appendStep,
  clockStep,
  type DraftWish,
  followStep,
  laterStep,
  readStep,
  reopenStep,
  type RequestWish,
  type Step,
} from './model-commands.ts'
import type { PowerCut } from './model-crash.ts'
import { crashStep } from './model-power-cut.ts'
import { modelLedgers } from './model-world.ts'

/** Doubles would nearly all be next to 0. */
const share = fc.nat(999).map((thousandths) => thousandths / 1000)
/** One ledger has most of the lines. */
const ledger = fc.constantFrom(...modelLedgers, modelLedgers[0], modelLedgers[0])
const textLength = fc.oneof(
  { weight: 8, arbitrary: fc.nat(40) },
  { weight: 1, arbitrary: fc.integer({ min: 3000, max: 9000 }) },
)

const draft: Arbitrary<DraftWish> = fc.record({
  kind: fc.constantFrom('new', 'new', 'new', 'new', 'again', 'again', 'other', 'bad'),
  share,
  textLength,
})

const request: Arbitrary<RequestWish> = fc.record({
  drafts: fc.array(draft, { minLength: 1, maxLength: 4 }),
  isAtomic: fc.boolean(),
  expect: fc.constantFrom('nothing', 'nothing', 'right', 'wrong'),
})

const requests = fc.array(request, { minLength: 1, maxLength: 3 })

const powerCut: Arbitrary<PowerCut> = fc.record({
  bytes: fc.constantFrom('kept', 'dropped', 'some', 'end'),
  names: fc.constantFrom('kept', 'dropped', 'some'),
  rest: fc.constantFrom('nothing', 'zeros', 'garbage', 'end'),
  lastSync: fc.constantFrom('held', 'held', 'void'),
  share,
  after: share,
})

const again = fc.option(powerCut, { nil: undefined })
const crashWish = fc.tuple(powerCut, again).map(([cut, second]) => ({ ...cut, again: second }))

/** A group of several lines, new to its ledger, of which the disk has the end alone: torn, or damaged, as far as one can see. */
const endAlone = fc.tuple(
  fc.constantFrom('append', 'append', 'recovery'),
  ledger,
  fc
    .array(fc.record({ kind: fc.constant('new' as const), share, textLength }), { minLength: 2, maxLength: 4 })
    .map((drafts): RequestWish[] => [{ drafts, isAtomic: false, expect: 'nothing' }]),
  fc.record({
    ...{ bytes: fc.constant('end' as const), names: fc.constant('kept' as const), rest: fc.constant('end' as const) },
    ...{ lastSync: fc.constantFrom('held', 'held', 'void'), share, after: share.map((whole) => whole / 2), again },
  }),
)

const fault = fc.record({
  name: fc.constantFrom('write', 'fdatasync'),
  file: fc.constantFrom('lines', 'head'),
  after: fc.constantFrom(0, 0, 1),
  errno: fc.constantFrom('EIO', 'EROFS', 'EDQUOT', 'ENOSPC'),
  isTaken: fc.boolean(),
  isLosing: fc.boolean(),
})

const day = 86_400_000

/** By weight: appends and crashes make up more than half of a history. */
const steps: readonly { readonly weight: number; readonly arbitrary: Arbitrary<Step> }[] = [
  { weight: 10, arbitrary: fc.tuple(ledger, requests).map((of) => appendStep(...of)) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(
        fc.constantFrom('append', 'append', 'append', 'recovery', 'start', 'stop', 'idle'),
        ledger,
        requests,
        crashWish,
      )
      .map((of) => crashStep(...of)),
  },
  { weight: 1, arbitrary: endAlone.map((of) => crashStep(...of)) },
  { weight: 3, arbitrary: fc.constant(undefined).map(reopenStep) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        ledger,
        share,
        fc.constantFrom('none', 'notes', 'marks', 'linked', 'linked notes'),
        fc.constantFrom(1 << 20, 2000),
      )
      .map((of) => followStep(...of)),
  },
  { weight: 2, arbitrary: fc.tuple(ledger, share, fc.integer({ min: 1, max: 4096 })).map((of) => readStep(...of)) },
  { weight: 1, arbitrary: fc.constantFrom(-400 * day, -7_200_000, -1, 1000, 400 * day).map(clockStep) },
  { weight: 1, arbitrary: fc.constant(undefined).map(laterStep) },
  { weight: 1, arbitrary: ledger.map(rivalStep) },
  { weight: 1, arbitrary: ledger.map(takeOverStep) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(ledger, fc.constantFrom('cut', 'edit', 'garbage'), fc.constantFrom('append', 'read', 'reopen'), share)
      .map((of) => vandalStep(...of)),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(ledger, fc.subarray([...sidecarFiles], { minLength: 1 })).map((of) => forgetStep(...of)),
  },
  { weight: 2, arbitrary: fc.tuple(ledger, fault, requests).map((of) => faultStep(...of)) },
]

/** A history: up to twenty steps, how large a group is committed without the thread pool, and what its second syncs cover. */
export const history = fc.record({
  inlineBytesMax: fc.constantFrom(0, 64 << 10),
  secondSync: fc.constantFrom('head', 'same', 'in turns'),
  steps: fc.commands(
    steps.flatMap(({ weight, arbitrary }) => Array.from({ length: weight }, () => arbitrary)),
    { maxCommands: 20, size: 'max' },
  ),
})
