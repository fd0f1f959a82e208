// What a person sees when the daemon has started: where everything is, and a command that works as it stands.
import { shellWord } from './shell-word.ts'

export interface GreetingFacts {
  readonly dataFolder: string
  readonly ledgers: readonly string[]
  readonly url: string
  readonly sockets: readonly string[]
  readonly tokenFile: string
}

const ledgersShown = 8

/** Ends with LF. */
export function greeting(facts: GreetingFacts): string {
  const { dataFolder, ledgers, url, sockets, tokenFile } = facts
  const rest = ledgers.length > ledgersShown ? `, and ${ledgers.length - ledgersShown} more` : ''
  const found =
    ledgers.length === 0
      ? 'none yet; the first append makes one'
      : `${ledgers.slice(0, ledgersShown).join(', ')}${rest}`
  const draft = `'{"type": "demo.hello", "data": {"text": "hi"}}'`
  const [socket] = sockets
  const example =
    socket === undefined
      ? `curl -H "Authorization: Bearer $(cat ${shellWord(tokenFile)})" ${url}/v1/ledgers/worlds/demo/append -d ${draft}`
      : `curl --unix-socket ${shellWord(socket)} http://localhost/v1/ledgers/worlds/demo/append -d ${draft}`
  return [
    'ledgerd is serving',
    `  data     ${dataFolder}`,
    `  ledgers  ${found}`,
    `  address  ${url}`,
    ...sockets.map((path, index) => `  ${index === 0 ? 'socket' : '      '}   ${path}`),
    `  token    ${tokenFile}`,
    `  try      ${example}`,
    '',
  ].join('\n')
}
