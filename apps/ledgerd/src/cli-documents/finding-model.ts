// A finding as reports list it, and how findings are counted.
import type { Finding } from '@ledgerd/schema'
import * as z from 'zod'
import { count, words } from './document-fields.ts'

type Shape<T> = { readonly [Key in keyof T]-?: z.ZodType<unknown> }

/** The members of a finding; also those of a `finding` document. */
export const findingShape = {
  code: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
    .describe('What was found, in kebab-case, from the list in docs/findings.md.'),
  severity: z
    .enum(['E', 'W', 'I'])
    .describe('E: the line is wrong. W: tolerated, an error with --strict. I: for information.'),
  line: count('Number of the physical line, from 1, blank lines counted; 0 when the finding is about the whole file.'),
  offset: count('Where that line begins, in bytes from the start of the file.'),
  path: z.string().optional().describe('RFC 6901 pointer to the place inside the line.'),
  rule: z.string().optional().describe("The family's own name of the rule that is broken."),
  variant: z.string().optional().describe('The documented form that the line was read in.'),
  expected: z.string().optional().describe('What the bytes should hash to.'),
  found: z.string().optional().describe('What they hash to, or what the line claims.'),
  message: words('The same in words.'),
} satisfies Shape<Finding>

export const finding: z.ZodObject<typeof findingShape, z.core.$strict> = z.strictObject(findingShape)

const countsShape = { E: count('Errors.'), W: count('Warnings.'), I: count('Findings for information.') }

/** How many findings there are of each severity. */
export function findingCounts(description: string): z.ZodObject<typeof countsShape, z.core.$strict> {
  return z.strictObject(countsShape).describe(description)
}
