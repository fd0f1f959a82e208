// The text of an ordering hash: `<algorithm>:<hex>`. SHA-1 is the one we compute; others are kept as they are and never
// compared (formats §4.1).

export type HashFault = 'hash-format' | 'hash-algo-unknown'

const hashPattern = /^(?<algo>[a-z0-9][a-z0-9-]*):(?<hex>[0-9A-Fa-f]+)$/
const sha1Pattern = /^sha1:[0-9a-f]{40}$/

/** What is wrong with the text of a hash; undefined if it is a SHA-1 that can be compared. */
export function hashFault(hash: string): HashFault | undefined {
  if (sha1Pattern.test(hash)) return undefined
  const algo = hashPattern.exec(hash)?.groups?.['algo']
  return algo === undefined || algo === 'sha1' ? 'hash-format' : 'hash-algo-unknown'
}

/** A fault as a sentence. */
export function describeHashFault(fault: HashFault): string {
  return fault === 'hash-format'
    ? 'An ordering hash is sha1: and 40 lower-case hex digits.'
    : 'The algorithm is not known here: the hash is kept, and not compared.'
}
