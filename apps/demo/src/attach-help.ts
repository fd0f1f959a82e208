// How to play with the daemon that `demo --serve` leaves running.
import type pc from 'picocolors'
import type { RunningDaemon } from './daemon.ts'

/** Commands that work as they stand, from the folder of the checkout. */
export function attachHelp({ socketPath, httpUrl }: RunningDaemon, dataFolder: string, colors: typeof pc): string {
  const curl = `curl -sS --unix-socket ${socketPath} http://localhost/v1/ledgers`
  return `
${colors.bold('The daemon goes on until Ctrl-C')}, at ${httpUrl} and ${socketPath}
  the files        ls ${dataFolder}/worlds
  watch one        tail -f ${dataFolder}/worlds/harbour.jsonl    (after the first append)
  append a line    ${curl}/worlds/harbour/append -d '{"type": "weather.changed", "data": {"sky": "clear"}}'
  follow           ${curl}'/worlds/harbour/lines?follow=true'
  all ledgers      ${curl}
  the SDK          LEDGERD_URL=unix:${socketPath}
`
}
