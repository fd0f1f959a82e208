// GET /v1/ledgers and GET /v1/ledgers/<id>: how ledgers stand.
import type { ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { compilePattern } from '@ledgerd/protocol'
import { LedgerError, formatError } from '@ledgerd/schema/errors'
import { statDocument } from '../lookups.ts'
import { ndjson, sendJson, writeBody, writeHead } from './answer.ts'
import type { HttpContext } from './http-context.ts'
import { Query } from './query.ts'

/** Looked at in one turn; others are served between, however many ledgers there are. */
const sliceLedgers = 16
const nextTurn = promisify(setImmediate)

export async function ledgersRoute(context: HttpContext, queryText: string, response: ServerResponse): Promise<void> {
  const pattern = new Query(queryText, ['pattern']).text('pattern')
  const isMatch = pattern === undefined ? () => true : compilePattern(pattern)
  const ledgers = context.engine.list().filter(isMatch)
  writeHead(response, 200, { 'Content-Type': ndjson })
  if (response.req.method === 'HEAD') return void response.end()
  for (let at = 0; at < ledgers.length; at += sliceLedgers) {
    const lines = await Promise.all(ledgers.slice(at, at + sliceLedgers).map((ledger) => describe(context, ledger)))
    await writeBody(response, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    await nextTurn()
  }
  response.end()
}

export async function statRoute(context: HttpContext, ledger: string, response: ServerResponse): Promise<void> {
  sendJson(response, 200, statDocument(await context.engine.stat(ledger)))
}

/** One ledger that cannot be opened does not hide the others. */
async function describe(context: HttpContext, ledger: string): Promise<unknown> {
  try {
    return statDocument(await context.engine.stat(ledger))
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error
    return { ledger, error: formatError(error) }
  }
}
