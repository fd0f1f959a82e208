// What a finding says in words: how grave it is, also to those who see no colours, its code, and the place inside the line
// named once, by the message if it names it, else in front.
import type { Finding } from '@ledgerd/schema'
import { neutralize } from './neutralize.ts'
import type { Colors } from './output-flags.ts'

/** `error line-edited`, in the colour of its severity. */
export function codeWords({ code, severity }: Pick<Finding, 'code' | 'severity'>, colors: Colors): string {
  const [word, paint] = ({ E: ['error', colors.red], W: ['warning', colors.yellow], I: ['info', colors.dim] } as const)[
    severity
  ]
  return paint(`${word} ${code}`)
}

/** `path rule: message`, without the path when the message has it already; neutralised for a terminal. */
export function findingWords(finding: Pick<Finding, 'code' | 'path' | 'rule' | 'message'>): string {
  const { path, message } = finding
  const isNamed = path !== undefined && path !== '' && !saysPath(message, path)
  const where = [isNamed ? path : undefined, ruleOf(finding)]
    .filter((part) => part !== undefined && part !== '')
    .join(' ')
  return `${where === '' ? '' : `${neutralize(where)}: `}${neutralize(message)}`
}

/** The rule a finding breaks, unless its code says it already. */
export function ruleOf({ code, rule }: Pick<Finding, 'code' | 'rule'>): string | undefined {
  return rule === code ? undefined : rule
}

/** The whole path, not the beginning of another: `/a` is not said by `/ab`. */
function saysPath(message: string, path: string): boolean {
  return message
    .split(path)
    .slice(1)
    .some((rest) => !/^[\w/~-]/.test(rest))
}
