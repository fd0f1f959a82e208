// `ledgerd token`: changes the token file of a data folder. The daemon need not run, and need not be told.
import { randomBytes } from 'node:crypto'
import { beginsWithDay, isLedgerPattern } from '@ledgerd/protocol'
import { type Action, actions, formatGrants, type Grant, isGrantName, parseGrants } from '../auth/grant.ts'
import { hashToken, makeToken } from '../auth/token.ts'
import { openTokenFile, type TokenFile } from '../storage/token-file.ts'
import { CliError } from './cli-error.ts'
import { parseRate } from './draft-rate-flag.ts'
import { exitCodes } from './exit-code.ts'
import type { Io } from './io.ts'
import { neutralize } from './neutralize.ts'

export interface TokenFlags {
  readonly data: string
}

export interface TokenListFlags extends TokenFlags {
  readonly json?: boolean
}

export interface TokenCreateFlags extends TokenFlags {
  readonly name: string
  readonly allow: string
  readonly ledgers?: readonly string[]
  readonly expires?: string
  readonly draftsPerSecond?: string
}

/** Prints the token, which is nowhere else from then on. Throws CliError, CONFIG_INVALID, LEDGER_LOCKED. */
export async function runTokenCreate(flags: TokenCreateFlags, io: Io): Promise<number> {
  const file = tokenFileOf(flags)
  const token = makeToken(randomBytes)
  const nowMs = io.nowMs()
  const expires = flags.expires === undefined ? undefined : parseExpiry(flags.expires, nowMs)
  const draftsPerSecondMax = parseRate(flags.draftsPerSecond)
  const grant: Grant = {
    name: parseName(flags.name),
    sha256: hashToken(token).toString('hex'),
    ...parseScope(flags),
    created: formatTime(nowMs),
    ...(expires === undefined ? {} : { expires }),
    ...(draftsPerSecondMax === undefined ? {} : { draftsPerSecondMax }),
  }
  file.update((text) => {
    const grants = grantsIn(text, file)
    if (grants.some(({ name }) => name === grant.name))
      throw new CliError(exitCodes.no, `${grant.name} has a token already`, `ledgerd token revoke ${grant.name}`)
    // Read back before it is written: the daemon takes no file that these rules refuse.
    const changed = formatGrants([...grants, grant])
    parseGrants(changed, file.path)
    return changed
  })
  await io.write(`${token}\n`)
  io.say(`ledgerd: ${grant.name} may ${scopeText(grant)}; this is the only time the token is shown\n`)
  return exitCodes.yes
}

/** Prints every grant that is on file, expired ones too. */
export async function runTokenList(flags: TokenListFlags, io: Io): Promise<number> {
  const file = tokenFileOf(flags)
  const nowMs = io.nowMs()
  const grants = grantsIn(file.read(), file)
  for (const { sha256: _, ...grant } of grants) {
    const { name, created, expires, draftsPerSecondMax } = grant
    const isExpired = expires !== undefined && Date.parse(expires) <= nowMs
    if (flags.json === true) {
      await io.write(`${JSON.stringify({ kind: 'token', v: 1, ...grant, expired: isExpired })}\n`)
      continue
    }
    const until = expires === undefined ? '' : isExpired ? `, expired ${expires}` : `, until ${expires}`
    const rate = draftsPerSecondMax === undefined ? '' : `, ${draftsPerSecondMax} drafts a second`
    await io.write(`${name}  ${scopeText(grant)}${rate}, since ${created}${until}\n`)
  }
  if (grants.length === 0) io.say('ledgerd: no tokens but that of the first start\n')
  return exitCodes.yes
}

/** Takes a token out of the file. Throws CliError when there is none of this name. */
export async function runTokenRevoke(name: string, flags: TokenFlags, io: Io): Promise<number> {
  const file = tokenFileOf(flags)
  file.update((text) => {
    const grants = grantsIn(text, file)
    const kept = grants.filter((grant) => grant.name !== name)
    if (kept.length === grants.length)
      throw new CliError(exitCodes.notFound, `there is no token ${name}`, 'ledgerd token list')
    return formatGrants(kept)
  })
  io.say(`ledgerd: the token ${neutralize(name)} is revoked\n`)
  return exitCodes.yes
}

function tokenFileOf({ data }: TokenFlags): TokenFile {
  const file = openTokenFile(data)
  if (file === undefined)
    throw new CliError(exitCodes.usage, `no daemon has served ${data} yet`, 'name its data folder: --data DIR')
  return file
}

function grantsIn(text: string | undefined, file: TokenFile): Grant[] {
  return text === undefined ? [] : parseGrants(text, file.path)
}

function parseName(text: string): string {
  if (isGrantName(text)) return text
  throw new CliError(
    exitCodes.usage,
    `${text} is no name for a token`,
    '1 to 64 of A-Z a-z 0-9 _ . -, not owner or local',
  )
}

function parseScope(flags: TokenCreateFlags): Pick<Grant, 'allow' | 'ledgers'> {
  const wanted = flags.allow.split(',')
  const allow = actions.filter((action) => wanted.includes(action))
  if (allow.length !== wanted.length || !wanted.every((action) => allow.includes(action as Action)))
    throw new CliError(exitCodes.usage, `--allow takes ${actions.join(', ')}, joined by commas, not ${flags.allow}`)
  const ledgers = (flags.ledgers ?? []).flatMap((text) => text.split(','))
  const wrong = ledgers.find((pattern) => !isLedgerPattern(pattern))
  if (wrong !== undefined)
    throw new CliError(exitCodes.usage, `${wrong} is neither a ledger id nor a pattern`, "--ledgers 'worlds/**'")
  const needsLedgers = allow.some((action) => action !== 'admin')
  if (needsLedgers !== ledgers.length > 0)
    throw needsLedgers
      ? new CliError(exitCodes.usage, `${flags.allow} on which ledgers?`, "--ledgers 'worlds/**'; all: --ledgers '**'")
      : new CliError(exitCodes.usage, 'admin is about the whole daemon; no ledgers go with it')
  return { allow, ledgers }
}

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const

function parseExpiry(text: string, nowMs: number): string {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? []
  const isTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})$/.test(text)
  const timeMs =
    unit === undefined
      ? isTime && beginsWithDay(text)
        ? Date.parse(text)
        : Number.NaN
      : nowMs + Number(count) * unitMs[unit as 'm' | 'h' | 'd']
  if (Number.isNaN(timeMs))
    throw new CliError(exitCodes.usage, `${text} is no time to expire`, '12h, 90d, or 2027-01-01T00:00:00Z')
  if (timeMs <= nowMs) throw new CliError(exitCodes.usage, `${text} is over already`, 'a time to come')
  return formatTime(timeMs)
}

function formatTime(timeMs: number): string {
  return new Date(timeMs).toISOString()
}

function scopeText({ allow, ledgers }: Pick<Grant, 'allow' | 'ledgers'>): string {
  return ledgers.length === 0 ? allow.join(', ') : `${allow.join(', ')} on ${ledgers.join(', ')}`
}
