// The bytes of a `build_state.json`: the ordering ledger read out of them, and put into them with every other byte left
// as it is. Pure; where the bytes come from and go to is the business of node/.
import { parse } from '@ledgerd/canonical'
import type { ObjectNode } from '@ledgerd/canonical'
import { invariant, memberNode } from '@ledgerd/schema'
import type { Finding } from '@ledgerd/schema'
import { normalize } from './normalize.ts'
import type { OrderingLedger } from './ordering-ledger.ts'

export interface BuildState {
  /** Undefined if there is none, or none that can be read: the findings say which. */
  readonly ledger: OrderingLedger | undefined
  /** The member as it stands there, for `validateOrdering`; undefined if there is none. */
  readonly orderingLedger: unknown
  /** The stage that the state names, for `validateOrdering`. */
  readonly stage: string | undefined
  /** Paths are relative to the file. */
  readonly findings: readonly Finding[]
}

export interface ReadOptions {
  /** Larger files are not read. Default 16 MiB. */
  readonly bytesMax?: number
}

export const buildStateBytesMax: number = 16 * 1024 * 1024

const member = 'orderingLedger'
const decoder = new TextDecoder()
const encoder = new TextEncoder()

/**
 * Reads the ordering ledger of a build state. Findings: `file-too-large`, `json-invalid` or another code of reading JSON
 * (formats §1.5), `not-an-object`, `duplicate-key`, each E, and those of `normalize`. A file that cannot be read never
 * looks like one without a ledger.
 */
export function parseBuildState(bytes: Uint8Array, { bytesMax = buildStateBytesMax }: ReadOptions = {}): BuildState {
  if (bytes.length > bytesMax) return unreadable([tooLarge(bytesMax)])
  const result = parse(bytes)
  if (!result.ok) return unreadable([error(result.code, '', `The file is no JSON: ${result.message}.`)])
  const { root } = result
  if (root.kind !== 'object') return unreadable([error('not-an-object', '', 'A build state is an object.')])
  const repeated = result.findings.filter(({ code }) => code === 'duplicate-key')
  const orderingLedger = readMember(bytes, root)
  const { ledger, findings } = normalize(orderingLedger)
  const stage = memberNode(root, 'stage')
  return {
    ledger,
    orderingLedger,
    stage: stage?.kind === 'string' ? stage.value : undefined,
    findings: [
      ...repeated.map(({ path }) =>
        error('duplicate-key', path, 'The key is repeated; readers keep the last value only.'),
      ),
      ...findings.map((finding) => ({ ...finding, path: `/${member}${finding.path ?? ''}` })),
    ],
  }
}

/** The finding for a file over the cap. */
export function tooLarge(bytesMax: number): Finding {
  return error('file-too-large', '', `The file has more than ${bytesMax} bytes and was not read.`)
}

/**
 * The same bytes with this ordering ledger in them: every other member keeps its place and spelling. `bytes` is a build
 * state that `parseBuildState` read without an error.
 */
export function withOrderingLedger(bytes: Uint8Array, ledger: OrderingLedger): Uint8Array {
  const result = parse(bytes)
  invariant(result.ok && result.root.kind === 'object', 'the build state was read before')
  const { start, members } = result.root
  const value = encoder.encode(JSON.stringify(ledger))
  const old = memberNode(result.root, member)
  if (old !== undefined) return concatenate([bytes.subarray(0, old.start), value, bytes.subarray(old.end)])
  const last = members.at(-1)
  const at = last?.value.end ?? start + 1
  const key = encoder.encode(`${last === undefined ? '' : ','}"${member}":`)
  return concatenate([bytes.subarray(0, at), key, value, bytes.subarray(at)])
}

function readMember(bytes: Uint8Array, root: ObjectNode): unknown {
  const node = memberNode(root, member)
  // The text was read strictly above, so that this reading of it cannot fail.
  return node === undefined ? undefined : JSON.parse(decoder.decode(bytes.subarray(node.start, node.end)))
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function unreadable(findings: readonly Finding[]): BuildState {
  return { ledger: undefined, orderingLedger: undefined, stage: undefined, findings }
}

function error(code: string, path: string, message: string): Finding {
  return { code, severity: 'E', line: 0, offset: 0, path, message }
}
