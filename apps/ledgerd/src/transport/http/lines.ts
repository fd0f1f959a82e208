// GET …/lines: the exact bytes of a range, one window at a time, no faster than the client takes them.
import type { ServerResponse } from 'node:http'
import { startOf } from '../../subscribers/follow-targets.ts'
import { lineFilter } from '../../subscribers/line-filter.ts'
import { lineWindows } from '../../subscribers/line-windows.ts'
import { lineAt } from '../lookups.ts'
import { ndjson, writeBody, writeHead } from './answer.ts'
import type { HttpContext } from './http-context.ts'
import { Query } from './query.ts'

export async function linesRoute(
  context: HttpContext,
  ledger: string,
  queryText: string,
  response: ServerResponse,
): Promise<void> {
  const query = new Query(queryText, ['from', 'limit', 'follow', 'types', 'link'])
  const linesMax = query.number('limit', 1) ?? Number.POSITIVE_INFINITY
  const filter = lineFilter(query.list('types'), query.text('link'))
  const isLive = query.flag('follow')
  const reader = await context.engine.reader(ledger)
  const from = await reader.resolve(startOf(query.start('from')))
  const head = reader.stat().size
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  const signal = AbortSignal.any([gone.signal, context.draining])
  const options = {
    from,
    linesMax,
    endAt: isLive ? undefined : head,
    filter,
    windowBytes: context.limits.readWindowBytes,
    signal,
  }
  const windows = lineWindows(reader, options)
  const headers = { 'Content-Type': ndjson, 'Ledger-From': from, 'Ledger-Head': head }
  // The first window is read before the status is out, so that a broken ledger is an error and not a short answer.
  const first = isLive && from >= head ? undefined : await windows.next()
  writeHead(response, 200, headers)
  if (response.req.method === 'HEAD') {
    await windows.return(undefined)
    return void response.end()
  }
  response.flushHeaders()
  if (first?.done === false) await write(context, response, first.value)
  for await (const window of windows) await write(context, response, window)
  response.end()
}

export async function lineRoute(
  context: HttpContext,
  ledger: string,
  seq: number,
  response: ServerResponse,
): Promise<void> {
  const { leafHash, line } = await lineAt(context.engine, { ledger, seq })
  writeHead(response, 200, {
    'Content-Type': ndjson,
    'Content-Length': line.length,
    'Ledger-Seq': seq,
    'Ledger-Leaf-Hash': leafHash,
  })
  response.end(line)
}

async function write(
  context: HttpContext,
  response: ServerResponse,
  window: { bytes: Uint8Array; count: number },
): Promise<void> {
  context.metrics.count('lines_published', window.count)
  context.metrics.count('bytes_published', window.bytes.length)
  await writeBody(response, window.bytes)
}
