// What every manual page says of the world around a command: exit codes, the environment, files.
import type { exitCodes } from '../cli/exit-code.ts'

export interface Fact {
  readonly name: string
  readonly words: string
}

export const exitWords: Readonly<Record<keyof typeof exitCodes, string>> = {
  yes: 'Yes; done. Also for an empty ledger.',
  no: 'The answer is no: tampered, incompatible, different, a draft that was refused.',
  usage: 'The command line is wrong.',
  inconclusive: 'Something that was asked for could not be checked.',
  notFound: 'There is no such ledger, event or file.',
  locked: 'Another process writes the ledger.',
  unreachable: 'The daemon cannot be reached, or did not let you in.',
  undecided: 'Something could not be read or loaded: nothing was decided.',
  interrupted: 'Ended by SIGINT, after saying what was done so far.',
  brokenPipe: 'Whoever read the output is gone.',
  terminated: 'Ended by SIGTERM, after saying what was done so far.',
}

export const environment: readonly Fact[] = [
  {
    name: 'LEDGERD_URL',
    words:
      'The daemon to talk to: http://, https:// or unix:/path. The flag --url comes first; without both it is the local socket.',
  },
  {
    name: 'LEDGERD_TOKEN',
    words: 'The token to show to the daemon. Over a local socket none is needed.',
  },
  { name: 'XDG_RUNTIME_DIR', words: 'The folder that the local socket, ledgerd.sock, lies in.' },
  { name: 'NO_COLOR', words: 'If it is set and not empty, nothing is coloured unless --color always says so.' },
]

/** Below a data folder. */
export const files: readonly Fact[] = [
  { name: 'DIR/ID.jsonl', words: 'The ledger ID: one event a line, for tail, grep and wc as well.' },
  { name: 'DIR/ledgerd.json', words: 'Which ledgers have which schema. Optional.' },
  { name: 'DIR/.ledgerd/token', words: 'The token of the first start, which may do everything.' },
  { name: 'DIR/.ledgerd/tokens.json', words: 'What other tokens allow, by their hashes.' },
  { name: 'DIR/.ledgerd/sock', words: 'The local socket of this data folder.' },
  {
    name: 'DIR/.ledgerd/ledgers/ID.jsonl/',
    words: 'What is known of the ledger: what was committed, leaf hashes, bytes that were set aside.',
  },
]
