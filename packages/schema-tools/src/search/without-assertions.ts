// A regular expression without its look-arounds. What it matches is a superset that texts can be made from; whoever makes
// them asks the whole expression afterwards.

/** The source without groups that begin with `(?=`, `(?!`, `(?<=` or `(?<!`. Takes only what compiles. */
export function withoutAssertions(source: string): string {
  let kept = ''
  for (let at = 0; at < source.length; ) {
    const end = endOfToken(source, at)
    if (!/^\(\?<?[=!]/.test(source.slice(at, at + 4))) {
      // A group is gone into, for it may hold look-arounds of its own.
      const next = source[at] === '(' ? at + 1 : end
      kept += source.slice(at, next)
      at = next
    } else at = end
  }
  return kept
}

/** The end of what begins at `at`: an escape, a class, a group with all it holds, or one character. */
function endOfToken(source: string, at: number): number {
  if (source[at] === '\\') return at + 2
  if (source[at] === '[') {
    let end = at + 1
    while (end < source.length && source[end] !== ']') end += source[end] === '\\' ? 2 : 1
    return end + 1
  }
  if (source[at] !== '(') return at + 1
  let end = at + 1
  while (end < source.length && source[end] !== ')') end = endOfToken(source, end)
  return end + 1
}
