// The same family without its invariants: a package of its own that daemon and load process load alike. Everything else
// is the family's: models, line, identity, findings.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RuledFamily } from './families.ts'

/** Writes the module of a family into a folder, with its invariants or without; its path is for `serve --schema`. */
export function writeSchemaFile(folder: string, family: RuledFamily, hasRules: boolean): string {
  const path = join(folder, `${family.name}.mjs`)
  const own = `import { ${family.exported} as whole } from ${JSON.stringify(family.home)}\n`
  const less = `const { openRules, ...rest } = whole\nexport default { ...rest, name: whole.name + '-without-rules' }\n`
  writeFileSync(path, own + (hasRules ? 'export default whole\n' : less))
  return path
}
