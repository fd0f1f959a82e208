// What a finding says in words, with the place inside the line named once: by the message if it names it, else in front.
import type { Finding } from '@ledgerd/schema'
import { neutralize } from './neutralize.ts'

/** `path rule: message`, without the path when the message has it already; neutralised for a terminal. */
export function findingWords({ path, rule, message }: Pick<Finding, 'path' | 'rule' | 'message'>): string {
  const isNamed = path !== undefined && path !== '' && !saysPath(message, path)
  const where = [isNamed ? path : undefined, rule].filter((part) => part !== undefined && part !== '').join(' ')
  return `${where === '' ? '' : `${neutralize(where)}: `}${neutralize(message)}`
}

/** The whole path, not the beginning of another: `/a` is not said by `/ab`. */
function saysPath(message: string, path: string): boolean {
  return message
    .split(path)
    .slice(1)
    .some((rest) => !/^[\w/~-]/.test(rest))
}
