// Which of two package versions is newer (semver 2.0.0 §11).

/** Below 0 when `a` is older than `b`, above 0 when newer. Build metadata does not count. */
export function compareVersions(a: string, b: string): number {
  const [coreA = '', preA = ''] = split(a)
  const [coreB = '', preB = ''] = split(b)
  const core = compareParts(coreA.split('.'), coreB.split('.'))
  if (core !== 0) return core
  if (preA === '' || preB === '') return Number(preA === '') - Number(preB === '')
  return compareParts(preA.split('.'), preB.split('.'))
}

function split(version: string): string[] {
  const [text = ''] = version.split('+')
  const dash = text.indexOf('-')
  return dash < 0 ? [text] : [text.slice(0, dash), text.slice(dash + 1)]
}

function compareParts(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const order = comparePart(a[at], b[at])
    if (order !== 0) return order
  }
  return 0
}

/** Numbers by value and below words; what is missing is lowest. */
function comparePart(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined)
  const [isNumberA, isNumberB] = [/^\d+$/.test(a), /^\d+$/.test(b)]
  if (isNumberA && isNumberB) return Number(a) - Number(b)
  if (isNumberA !== isNumberB) return isNumberA ? -1 : 1
  return a < b ? -1 : Number(a > b)
}
