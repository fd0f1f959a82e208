// A finding as reports list it, and how findings are counted.
import * as z from 'zod'
import { count, words } from './document-fields.ts'

type FindingShape = {
  readonly code: z.ZodString
  readonly severity: z.ZodEnum<{ E: 'E'; W: 'W'; I: 'I' }>
  readonly line: z.ZodInt
  readonly offset: z.ZodInt
  readonly path: z.ZodOptional<z.ZodString>
  readonly rule: z.ZodOptional<z.ZodString>
  readonly variant: z.ZodOptional<z.ZodString>
  readonly expected: z.ZodOptional<z.ZodString>
  readonly found: z.ZodOptional<z.ZodString>
  readonly message: z.ZodString
}

/** The members of a finding; also those of a `finding` document. */
export const findingShape: FindingShape = {
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
}

export const finding: z.ZodObject<FindingShape, z.core.$strict> = z.strictObject(findingShape)

type CountsShape = {
  readonly E: z.ZodInt
  readonly W: z.ZodInt
  readonly I: z.ZodInt
}

const countsShape: CountsShape = { E: count('Errors.'), W: count('Warnings.'), I: count('Findings for information.') }

/** How many findings there are of each severity. */
export function findingCounts(description: string): z.ZodObject<CountsShape, z.core.$strict> {
  return z.strictObject(countsShape).describe(description)
}
