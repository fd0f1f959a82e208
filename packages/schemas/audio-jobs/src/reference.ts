// References to files by their content: `sha256:` and the digest of the bytes, or `cid:` and an opaque id. CIDs are
// compared by name and never decoded (formats §5.1).
import { formatPointer } from '@ledgerd/canonical'
import type { JsonNode, ObjectNode } from '@ledgerd/canonical'
import type { ArtifactReference, Breach } from '@ledgerd/schema'

export interface Reference {
  /** RFC 6901 pointer into the record. */
  readonly path: string
  /** Which form its member must have. */
  readonly algo: 'sha256' | 'cid'
  readonly node: JsonNode
}

/**
 * Every member of the record that must be a reference, in file order: those named `…_sha256` and `…_cid` at any depth,
 * and the `image` of every engine. The digest inside `sign` refers to no file.
 */
export function referencesOf(record: ObjectNode): Reference[] {
  const references: Reference[] = []
  // A stack of its own, and places that know only their parent: a stored record may be deep, wide, or both.
  const open: Spot[] = [{ parent: undefined, step: '', node: record }]
  for (let spot = open.pop(); spot !== undefined; spot = open.pop()) {
    const algo = algoOf(spot)
    if (algo !== undefined) references.push({ path: formatPointer(stepsTo(spot)), algo, node: spot.node })
    const { node } = spot
    if (node.kind === 'array')
      for (let i = node.items.length - 1; i >= 0; i--) open.push({ parent: spot, step: i, node: node.items[i]! })
    if (node.kind !== 'object') continue
    for (let i = node.members.length - 1; i >= 0; i--) {
      const { key, value } = node.members[i]!
      if (spot.parent !== undefined || key !== 'sign') open.push({ parent: spot, step: key, node: value })
    }
  }
  return references
}

/** Unless whole: `hash-truncated` W for a shortened placeholder, `hash-format` and `cid-format` E, `wrong-type` E. */
export function judgeReference({ path, algo, node }: Reference): Breach | undefined {
  if (node.kind !== 'string') {
    return { code: 'wrong-type', severity: 'E', path, message: `${path} must be a reference, a string.` }
  }
  const { value } = node
  if (algo === 'sha256' ? sha256Pattern.test(value) : cidPattern.test(value) && !isElided(value)) return undefined
  if (algo === 'sha256' ? shortPattern.test(value) || isElidedHash(value) : isElided(value)) {
    const message = `${path} is a shortened placeholder; nothing can be found by it.`
    return { code: 'hash-truncated', severity: 'W', path, found: value, message }
  }
  const [code, form] =
    algo === 'sha256' ? ['hash-format', 'sha256: and 64 lower-case hex digits'] : ['cid-format', 'cid: and an id']
  return { code, severity: 'E', path, found: value, message: `${path} must be ${form}.` }
}

/** The references of a record as whoever looks them up takes them. */
export function artifactsOf(record: ObjectNode): readonly ArtifactReference[] {
  return referencesOf(record).map(({ path, algo, node }) => ({
    path,
    algo,
    text: node.kind === 'string' ? node.value : undefined,
  }))
}

const sha256Pattern = /^sha256:[0-9a-f]{64}$/
const shortPattern = /^sha256:[0-9a-f]{1,63}$/
/** Opaque, but one word: no blanks, no control characters. */
const cidPattern = /^cid:[^\s\p{Cc}]+$/u

/** Where the walk stands; the root has no parent. */
interface Spot {
  readonly parent: Spot | undefined
  readonly step: string | number
  readonly node: JsonNode
}

function algoOf({ parent, step }: Spot): Reference['algo'] | undefined {
  if (typeof step !== 'string') return undefined
  if (step.endsWith('_sha256')) return 'sha256'
  if (step.endsWith('_cid')) return 'cid'
  const engines = parent?.parent
  const isOfEngine = engines?.step === 'engines' && engines.parent !== undefined && engines.parent.parent === undefined
  return step === 'image' && isOfEngine ? 'sha256' : undefined
}

function stepsTo(spot: Spot): (string | number)[] {
  const steps: (string | number)[] = []
  for (let at = spot; at.parent !== undefined; at = at.parent) steps.push(at.step)
  return steps.reverse()
}

function isElidedHash(text: string): boolean {
  return text.startsWith('sha256:') && isElided(text)
}

/** Written by a person who left out the middle, as the seed's own example is. */
function isElided(text: string): boolean {
  return text.includes('...') || text.includes('…')
}
