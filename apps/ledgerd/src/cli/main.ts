#!/usr/bin/env node
// The command `ledgerd`. Each subcommand brings its words and flags; what it does is loaded when it runs.
import process from 'node:process'
import { processIo } from './process-io.ts'
import { runCli } from './run-cli.ts'

process.exitCode = await runCli(process.argv.slice(2), processIo())
