// Which ledgers have which schema, as the operator says: `ledgerd.json` in the data folder, and `--schema` in front of it.
// The first pattern that matches wins. Checked strictly: a misspelt word is refused, never ignored.
import { formatPointer } from '@ledgerd/canonical'
import { compilePattern, isLedgerPattern } from '@ledgerd/protocol'
import { LedgerError } from '@ledgerd/schema/errors'
import * as z from 'zod'
import { isPackagePath, type SchemaWish } from './load-schema.ts'

/** One rule, ready to be asked. */
export interface SchemaRule {
  readonly wish: SchemaWish
  readonly matches: (ledger: string) => boolean
}

const configModel = z.strictObject({
  schemas: z
    .array(
      z.strictObject({
        ledgers: z.string().refine(isLedgerPattern, { error: 'is neither a ledger id nor a pattern such as runs/**' }),
        package: z.string().regex(/^\S+$/, { error: 'is no npm name, path or built-in family' }),
        settings: z.looseObject({}).optional(),
      }),
    )
    .optional(),
})

/** The rules of a config file. `file` is for messages; paths in it are relative to `folder`. Throws CONFIG_INVALID. */
export function parseSchemaConfig(text: string, file: string, folder: string): SchemaRule[] {
  const parsed = configModel.safeParse(parseJson(text, file))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const { path, sentence } = placeOf(issue as z.core.$ZodIssue)
    throw invalid(`${file} at ${formatPointer(path) || 'its root'}: ${sentence}`)
  }
  return (parsed.data.schemas ?? []).map((rule, at) => ({
    wish: { package: rule.package, folder, asker: `${file} at /schemas/${at}/package`, ...settingsOf(rule) },
    matches: compilePattern(rule.ledgers),
  }))
}

/** The rule in one `--schema PATTERN=PACKAGE`: a path is relative to where it was typed, a name is looked for beside the data. */
export function parseSchemaFlag(
  text: string,
  { dataFolder, cwd }: { readonly dataFolder: string; readonly cwd: string },
): SchemaRule {
  const [, pattern = '', name = ''] = /^([^=]+)=(\S+)$/.exec(text) ?? []
  if (name === '' || !isLedgerPattern(pattern))
    throw invalid(`--schema ${text}: write PATTERN=PACKAGE, such as --schema 'runs/**=kernel-runs'`)
  const folder = isPackagePath(name) ? cwd : dataFolder
  return { wish: { package: name, folder, asker: `--schema ${text}` }, matches: compilePattern(pattern) }
}

function settingsOf({ settings }: { readonly settings?: unknown }): Pick<SchemaWish, 'settings'> {
  return settings === undefined ? {} : { settings }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw invalid(`${file} is not JSON (${(error as SyntaxError).message}); mend it, or remove it to go on without`)
  }
}

/** Where the mistake is, and what would be right. */
function placeOf(issue: z.core.$ZodIssue): { readonly path: (string | number)[]; readonly sentence: string } {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)))
  if (issue.code === 'unrecognized_keys') {
    const known = path.length === 0 ? 'schemas' : 'ledgers, package, settings'
    return { path: [...path, issue.keys[0] as string], sentence: `there is no such setting; known here: ${known}` }
  }
  const example = 'a rule is {"ledgers": "runs/**", "package": "kernel-runs"}'
  return { path, sentence: `${issue.message}; ${example}` }
}

function invalid(sentence: string): LedgerError {
  return new LedgerError('CONFIG_INVALID', sentence)
}
