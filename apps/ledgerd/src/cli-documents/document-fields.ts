// Members that several documents share, each with its unit and form.
import * as z from 'zod'

/** The two members that every document begins with. */
export function head<const Kind extends string>(kind: Kind): { kind: z.ZodLiteral<Kind>; v: z.ZodLiteral<1> } {
  return {
    kind: z.literal(kind).describe('What this document is.'),
    v: z.literal(1).describe('The version of this form. Members are added within a version, and none changes.'),
  }
}

/** A whole number from 0. */
export function count(description: string): z.ZodInt {
  return z.int().min(0).describe(description)
}

/** A text that says something to people; never to be taken apart. */
export function words(description: string): z.ZodString {
  return z.string().describe(description)
}

/** Hashes as everywhere in ledgerd. */
export function sha256(description: string): z.ZodString {
  return z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/)
    .describe(`${description} The text sha256: and 64 lower-case hex digits.`)
}

/** A time that ledgerd writes; one in a file that a person may edit can have another offset than Z. */
export function time(description: string): z.ZodISODateTime {
  return z.iso.datetime({ offset: true }).describe(`${description} RFC 3339.`)
}

export const ledger: z.ZodString = z
  .string()
  .min(1)
  .describe('The id of the ledger; for a file outside a data folder, the name of the file without its ending.')

export const target: z.ZodString = z.string().describe('The ledger, file or - as it was named on the command line.')

export const seq: z.ZodInt = count('The sequence number of the line: lines before it in the ledger, so the first is 0.')

/** How often each of some names was met. */
export function tally(description: string): z.ZodRecord<z.ZodString, z.ZodInt> {
  return z.record(z.string(), z.int().min(1)).describe(description)
}
