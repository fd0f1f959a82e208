// Every kind of document that a command prints with `--json`, in the order in which the page about them names them.
import { acceptance } from './acceptance.ts'
import { acceptanceSummary } from './acceptance-summary.ts'
import type { CliDocument } from './cli-document.ts'
import { doctor } from './doctor.ts'
import { driftReport } from './drift-report.ts'
import { finding } from './finding.ts'
import { importReport } from './import-report.ts'
import { line } from './line.ts'
import { progress } from './progress.ts'
import { receipt } from './receipt.ts'
import { refusal } from './refusal.ts'
import { repair } from './repair.ts'
import { schemaCompatibility } from './schema-compatibility.ts'
import { schemaDocs } from './schema-docs.ts'
import { schemaGen } from './schema-gen.ts'
import { schemaLint } from './schema-lint.ts'
import { schemaNew } from './schema-new.ts'
import { stats } from './stats.ts'
import { token } from './token.ts'
import { verifyReport } from './verify-report.ts'
import { version } from './version.ts'

export const cliDocuments: readonly CliDocument[] = [
  line,
  receipt,
  refusal,
  verifyReport,
  importReport,
  finding,
  stats,
  driftReport,
  acceptance,
  acceptanceSummary,
  doctor,
  repair,
  token,
  schemaNew,
  schemaGen,
  schemaDocs,
  schemaLint,
  schemaCompatibility,
  version,
  progress,
]
