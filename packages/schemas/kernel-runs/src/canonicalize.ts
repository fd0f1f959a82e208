// The deterministic text of a value (seed §2, formats §1.3, dialect `kernel`): members sorted by UTF-16 code unit, no
// blanks, numbers as JavaScript prints them. What has no JSON form is refused with its place, never dropped or bent.
import { formatValue, ValueRefused } from '@ledgerd/canonical'

/** Containers within each other. */
const depthMax = 1000

/** A value that has no canonical text. */
export class UnsupportedValue extends TypeError {
  override readonly name: string = 'UnsupportedValue'
  /** Where it stands: `$` is the value itself, `$.steps[2].run` a part of it. */
  readonly path: string

  constructor(path: string, what: string) {
    super(`Unsupported value at ${path}: ${what} cannot be canonicalized`)
    this.path = path
  }
}

/**
 * The canonical text, without a line feed. Throws UnsupportedValue for undefined (also as a member), NaN, infinities,
 * bigint, functions, symbols, array holes, class instances (Date, Map, Set, boxed values), a member `__proto__`,
 * cycles, and values over 1,000 deep. Members under symbols are ignored; a lone surrogate is written as `\udxxx`.
 */
export function canonicalize(value: unknown): string {
  try {
    return formatValue(value, 'kernel', { depthMax })
  } catch (error) {
    if (error instanceof ValueRefused) throw unsupported(value, error)
    throw error
  }
}

/** Says the refusal in the words of the original, whose paths begin with `$`. */
function unsupported(root: unknown, refusal: ValueRefused): UnsupportedValue {
  let path = '$'
  let value = root
  for (const escaped of refusal.path.split('/').slice(1)) {
    const step = escaped.replaceAll('~1', '/').replaceAll('~0', '~')
    path += Array.isArray(value) ? `[${step}]` : `.${step}`
    value = (value as Readonly<Record<string, unknown>>)[step]
  }
  return new UnsupportedValue(path, describe(value, refusal))
}

function describe(value: unknown, { reason, message }: ValueRefused): string {
  if (reason === 'cycle') return 'a cycle'
  if (reason === 'too-deep') return `nesting over ${depthMax} deep`
  if (reason === 'proto-key') return 'the key __proto__'
  return typeof value === 'object' || value === undefined ? message.slice(message.lastIndexOf(': ') + 2) : typeof value
}
