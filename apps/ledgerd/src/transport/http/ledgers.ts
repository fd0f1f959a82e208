// GET /v1/ledgers and GET /v1/ledgers/<id>: how ledgers stand.
import type { ServerResponse } from 'node:http'
import { compilePattern } from '@ledgerd/protocol'
import { LedgerError, formatError } from '@ledgerd/schema'
import { statDocument } from '../lookups.ts'
import { ndjson, sendJson, writeHead } from './answer.ts'
import type { HttpContext } from './http-context.ts'
import { Query } from './query.ts'

export async function ledgersRoute(context: HttpContext, queryText: string, response: ServerResponse): Promise<void> {
  const pattern = new Query(queryText, ['pattern']).text('pattern')
  const isMatch = pattern === undefined ? () => true : compilePattern(pattern)
  const ledgers = context.engine.list().filter(isMatch)
  writeHead(response, 200, { 'Content-Type': ndjson })
  for (const ledger of ledgers) {
    if (response.destroyed) return
    response.write(`${JSON.stringify(await describe(context, ledger))}\n`)
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
