// Compares what everyone saw with what stands in the files, and says so line by line. Good means: all of it agrees.
import { join } from 'node:path'
import type pc from 'picocolors'
import { adopted, serverRoles, sharedLedger } from './cast.ts'
import { askPython, countSameContent, digestFile, verifyFile } from './checks.ts'
import type { Verdict } from './checks.ts'
import type { ReplayReport, ServerReport } from './message.ts'
import { readRecording, recordedFolder } from './recording.ts'

/** Recorded curiosities that no line may hold: 200 levels of nesting, and infinities. */
const refusalsDue = 2

interface Claim extends Verdict {
  readonly topic: string
  /** False for what nobody looked at: that is neither good nor bad. Default true. */
  readonly isChecked?: boolean
}

/** Prints every claim and whether it holds; true if all do. */
export async function judge(
  dataFolder: string,
  served: readonly ServerReport[],
  replay: ReplayReport,
  colors: typeof pc,
): Promise<boolean> {
  const written = [...serverRoles.map(({ session }) => session), { ledger: sharedLedger, recording: 'src_flavour' }]
  const fileOf = (ledger: string): string => join(dataFolder, `${ledger}.jsonl`)
  const claims = [
    ...served.map(claimServed),
    claimRefusals(served),
    await claimFollowed(replay, fileOf),
    await claimContent(written, fileOf),
    await claimAdopted(fileOf(adopted.ledger)),
    claimPython(
      written.map(({ ledger }) => fileOf(ledger)),
      fileOf(adopted.ledger),
    ),
    ...[...written, adopted].map(({ ledger }) => claimVerified(ledger, dataFolder)),
  ]
  console.log(`\n${claims.map((claim) => formatClaim(claim, colors)).join('\n')}`)
  return claims.every(({ isGood }) => isGood)
}

function claimServed({
  name,
  sessionReceipts,
  curiosityReceipts,
  weakReceipts,
  isRepeatRecognised,
}: ServerReport): Claim {
  const recognised = isRepeatRecognised
    ? 'the last draft sent twice, recorded once'
    : 'A DRAFT SENT TWICE WAS NOT RECOGNISED'
  return {
    topic: name,
    isGood: weakReceipts === 0 && isRepeatRecognised && sessionReceipts > 0,
    text: `${sessionReceipts} lines by the SDK, ${curiosityReceipts} by HTTP, each with a receipt for lines on disk; ${recognised}`,
  }
}

function claimRefusals(served: readonly ServerReport[]): Claim {
  const codes = served.flatMap(({ refusals }) => refusals)
  const isGood = codes.length === refusalsDue && codes.every((code) => code === 'VALUE_REFUSED')
  return {
    topic: 'refused',
    isGood,
    text: `${codes.length} drafts that no line may hold (${codes.join(', ')}), nothing else`,
  }
}

async function claimFollowed(
  { ledgers, turns, turnsWithCounterpart }: ReplayReport,
  fileOf: (ledger: string) => string,
) {
  const digests = await Promise.all(ledgers.map(({ ledger }) => digestFile(fileOf(ledger))))
  const isSame = ledgers.every(({ sha256 }, index) => sha256 === digests[index])
  const lines = ledgers.reduce((sum, report) => sum + report.lines, 0)
  const misplaced = ledgers.reduce((sum, report) => sum + report.misplaced, 0)
  return {
    topic: 'replay tool',
    isGood: isSame && misplaced === 0 && ledgers.length === serverRoles.length + 2,
    text: `${lines} lines of ${ledgers.length} ledgers live, ${misplaced} out of place, ${isSame ? 'equal to the files byte for byte' : 'DIFFERENT FROM THE FILES'}; ${turns} turns, ${turnsWithCounterpart} with their mechanics`,
  }
}

async function claimContent(
  written: readonly { readonly ledger: string; readonly recording: string }[],
  fileOf: (ledger: string) => string,
): Promise<Claim> {
  let [same, extra, recorded] = [0, 0, 0]
  for (const { ledger, recording } of written) {
    const lines = await readRecording(recording)
    const counts = await countSameContent(fileOf(ledger), lines)
    same += counts.same
    extra += counts.extra
    recorded += lines.length
  }
  return {
    topic: 'the recording',
    isGood: same === recorded - refusalsDue && extra === 0,
    text: `${same} of ${recorded} recorded events stand in the files, character by character but for time and checksum; ${extra} others`,
  }
}

async function claimAdopted(file: string): Promise<Claim> {
  const isSame = (await digestFile(file)) === (await digestFile(join(recordedFolder, `${adopted.recording}.jsonl`)))
  const text = isSame ? 'the original writer’s file, adopted without changing a byte' : 'THE FILE WAS CHANGED'
  return { topic: adopted.ledger, isGood: isSame, text }
}

/** Our lines under the rule the format's documentation prints, the adopted ones under the original writer's. */
function claimPython(written: readonly string[], adoptedFile: string): Claim {
  const [ours, theirs] = [askPython('seed', written), askPython('original', [adoptedFile])]
  if (ours === undefined || theirs === undefined) {
    return {
      topic: 'python3',
      isGood: true,
      isChecked: false,
      text: 'NOT CHECKED: there is no python3 on this machine',
    }
  }
  return {
    topic: 'python3',
    isGood: ours.isGood && theirs.isGood,
    text: `json.dumps agrees with ${ours.text} lines of ours and ${theirs.text} adopted ones`,
  }
}

function claimVerified(ledger: string, dataFolder: string): Claim {
  const { isGood, text } = verifyFile(join(dataFolder, `${ledger}.jsonl`))
  return { topic: 'ledgerd verify', isGood, text: `${ledger}: ${text}` }
}

function formatClaim({ topic, isGood, isChecked = true, text }: Claim, colors: typeof pc): string {
  const verdict = isGood ? colors.green('✔') : colors.red('✘')
  const mark = isChecked ? verdict : colors.yellow('–')
  const [first = '', ...rest] = text.split('\n')
  return [
    `${mark} ${colors.bold(topic.padEnd(20))} ${first}`,
    ...rest.map((line) => `${' '.repeat(23)}${colors.dim(line)}`),
  ].join('\n')
}
