// Where a finding about a schema package is in its source.
import * as z from 'zod'

export const sourcePlace: z.ZodObject<{ file: z.ZodString; line: z.ZodInt }, z.core.$strict> = z
  .strictObject({
    file: z.string().describe('The path of the file.'),
    line: z.int().min(1).describe('From 1.'),
  })
  .describe('Where it is in the source, as far as can be told.')
