// `ledgerd version`: which program this is, and what it runs on.
import { Command } from 'commander'
import { readFileSync } from 'node:fs'
import process from 'node:process'
import type { Io } from './io.ts'

/** What `--json` prints. */
export interface VersionDocument {
  readonly kind: 'version'
  readonly v: 1
  readonly ledgerd: string
  readonly node: string
  readonly platform: string
  readonly arch: string
  readonly protocol: number
}

/** The version in package.json. */
export function versionText(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return manifest.version
}

/** The subcommand; `end` takes the exit code. */
export function versionCommand(io: Io, end: (exitCode: number) => void): Command {
  return new Command('version')
    .description('print the version of ledgerd and of what it runs on')
    .option('--json', 'one JSON document')
    .addHelpText('after', '\nExamples:\n  $ ledgerd version\n  $ ledgerd version --json\n  $ ledgerd --version\n')
    .action(async (flags: { readonly json?: boolean }) => {
      const version = versionText()
      const { platform, arch } = process
      const runsOn = { node: process.version, platform, arch }
      const document: VersionDocument = { kind: 'version', v: 1, ledgerd: version, ...runsOn, protocol: 1 }
      await io.write(
        flags.json === true
          ? `${JSON.stringify(document)}\n`
          : `ledgerd ${version} (node ${process.version}, ${platform} ${arch})\n`,
      )
      end(0)
    })
}
