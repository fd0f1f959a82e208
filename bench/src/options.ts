// The flags of the bench.
import { parseArgs } from 'node:util'
import { LedgerError } from '@ledgerd/schema'

export const sectionNames = ['append', 'rules', 'follow', 'verify', 'start', 'many', 'floods'] as const
/** Measured when none is named; the others take long. */
const usualSections: readonly SectionName[] = ['append', 'rules', 'follow', 'verify', 'start']
export type SectionName = (typeof sectionNames)[number]

export interface Options {
  readonly isQuick: boolean
  readonly sections: readonly SectionName[]
  /** Where to write every sample as JSON. */
  readonly jsonFile: string | undefined
  /** Writes the tables between the markers of README.md. */
  readonly writesReadme: boolean
  readonly seed: number
  /** The folder to make the scratch folder in. */
  readonly parentFolder: string | undefined
  /** Leaves CPU profiles of ledgerd and of its load process here; the figures are then not worth comparing. */
  readonly profileFolder: string | undefined
  /** Appends in flight, and contenders, to measure; all when undefined. */
  readonly inFlight: readonly number[] | undefined
  readonly contenders: readonly string[] | undefined
  readonly isHelp: boolean
}

export const helpText = `pnpm bench [flags]: ledgerd beside its peers, in alternating rounds, as ratios

  --quick              short rounds, small files
  --only SECTION       append, rules, follow, verify, start, many or floods; may be
                        repeated (default: all but the last two, which take long)
  --in-flight N        only these appends in flight; may be repeated
  --contender NAME     only these systems; may be repeated
  --seed N             order of the events (default 1)
  --dir FOLDER         where to work (default: the temporary folder; must be on a disk)
  --json FILE          every sample, for your own statistics
  --readme             put the tables into README.md
  --profile FOLDER     CPU profiles of ledgerd and of its load process
`

/** Reads the command line. Throws CONFIG_INVALID with the flag that is wrong. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseFlags(args)
  return {
    isQuick: values.quick,
    sections: values.only === undefined ? usualSections : sectionsNamed(values.only),
    jsonFile: values.json,
    writesReadme: values.readme,
    seed: parseCount('--seed', values.seed),
    parentFolder: values.dir,
    profileFolder: values.profile,
    inFlight: values['in-flight']?.map((text) => parseCount('--in-flight', text)),
    contenders: values.contender,
    isHelp: values.help,
  }
}

const flags = {
  quick: { type: 'boolean', default: false },
  only: { type: 'string', multiple: true },
  'in-flight': { type: 'string', multiple: true },
  contender: { type: 'string', multiple: true },
  seed: { type: 'string', default: '1' },
  dir: { type: 'string' },
  json: { type: 'string' },
  readme: { type: 'boolean', default: false },
  profile: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const

function parseFlags(args: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof flags }>> {
  try {
    return parseArgs({ args: [...args], options: flags })
  } catch (cause) {
    throw new LedgerError('CONFIG_INVALID', cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

function sectionsNamed(names: readonly string[]): readonly SectionName[] {
  for (const name of names) {
    if (!sectionNames.some((known) => known === name)) {
      throw new LedgerError('CONFIG_INVALID', `--only takes ${sectionNames.join(', ')}, not ${name}`)
    }
  }
  return sectionNames.filter((name) => names.includes(name))
}

function parseCount(flag: string, text: string): number {
  const count = Number(text)
  if (!/^\d{1,9}$/.test(text) || count === 0) {
    throw new LedgerError('CONFIG_INVALID', `${flag} takes a positive whole number, not ${text}`)
  }
  return count
}
