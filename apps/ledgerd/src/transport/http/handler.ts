// Every HTTP request: checks in the order Host, Origin, path, token, then the route. Whatever goes wrong is answered with
// a code; once an answer has begun, breaking the connection is the only honest way to say that it is not complete.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { checkLedgerId } from '@ledgerd/protocol'
import { LedgerError } from '@ledgerd/schema'
import { hasTooManyHeaders, visitorOf } from '../visitor.ts'
import { sendError, sendJson, sendText } from './answer.ts'
import { appendRoute } from './append.ts'
import type { HttpContext } from './http-context.ts'
import { ledgersRoute, statRoute } from './ledgers.ts'
import { lineRoute, linesRoute } from './lines.ts'
import { requireNoParameters } from './query.ts'
import { matchRoute } from './routes.ts'
import type { Route } from './routes.ts'

/** The `request` event of an HTTP server. */
export async function handleRequest(
  context: HttpContext,
  request: IncomingMessage,
  response: ServerResponse,
  isLocal: boolean,
): Promise<void> {
  context.metrics.count('http_requests')
  try {
    const [path = '', ...rest] = (request.url ?? '').split('?')
    const route = admitRequest(context, request, response, path, isLocal)
    if (route !== undefined) await answer(context, route, rest.join('?'), request, response)
  } catch (error) {
    fail(context, response, error)
  }
}

/** The route, or undefined when the refusal has been sent. */
function admitRequest(
  context: HttpContext,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  isLocal: boolean,
): Route | undefined {
  const { access, limits } = context
  const refuse = (error: LedgerError, status: number, allow?: string): undefined => {
    context.metrics.count('connections_refused')
    context.metrics.countError(error.code)
    sendError(response, error, {
      status,
      lingerBytesMax: limits.lingerBytesMax,
      ...(allow === undefined ? {} : { allow }),
    })
    return undefined
  }
  const visitor = visitorOf(request, isLocal)
  if (hasTooManyHeaders(request, limits.headersMax))
    return refuse(new LedgerError('REQUEST_INVALID', `more than ${limits.headersMax} headers`), 431)
  const foreign = access.checkWeb(visitor)
  if (foreign !== undefined) return refuse(foreign.error, foreign.status)
  const match = matchRoute(path)
  if (match === undefined)
    return refuse(new LedgerError('REQUEST_INVALID', 'there is nothing at this path; see PROTOCOL.md, section 6'), 404)
  if (request.method !== match.method)
    return refuse(new LedgerError('REQUEST_INVALID', `this path takes ${match.method}`), 405, match.method)
  const credentials = match.isOpen ? 'accepted' : access.checkRequestToken(visitor)
  if (credentials !== 'accepted') return refuse(credentials.error, credentials.status)
  return match.route
}

async function answer(
  context: HttpContext,
  route: Route,
  query: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if ('ledger' in route) checkLedgerId(route.ledger)
  switch (route.name) {
    case 'append':
      return appendRoute(context, route.ledger, query, request, response)
    case 'lines':
      return linesRoute(context, route.ledger, query, response)
    case 'ledgers':
      return ledgersRoute(context, query, response)
    case 'line':
    case 'stat':
    case 'metrics':
    case 'health':
    case 'ready':
      requireNoParameters(query)
      return answerPlain(context, route, response)
  }
}

type PlainRoute = Exclude<Route, { readonly name: 'append' | 'lines' | 'ledgers' }>

async function answerPlain(context: HttpContext, route: PlainRoute, response: ServerResponse): Promise<void> {
  if (route.name === 'metrics') return sendText(response, 200, context.page.contentType, await context.page.render())
  if (route.name === 'health') return sendJson(response, 200, { status: 'ok' })
  if (route.name === 'ready') {
    const { isReady, phase, stopped } = context.health.readiness()
    return sendJson(response, isReady ? 200 : 503, { ready: isReady, phase, stopped })
  }
  if ('seq' in route) return lineRoute(context, route.ledger, route.seq, response)
  if ('ledger' in route) return statRoute(context, route.ledger, response)
}

function fail(context: HttpContext, response: ServerResponse, cause: unknown): void {
  const error =
    cause instanceof LedgerError
      ? cause
      : new LedgerError('INTERNAL', 'a defect of the daemon; its log says more', { cause })
  if (!(cause instanceof LedgerError))
    context.log.error('defect while answering', {
      cause: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause),
    })
  context.metrics.countError(error.code)
  if (response.headersSent || response.destroyed) response.destroy()
  else if (error.code !== 'BATCH_TOO_LARGE' && error.code !== 'ABORTED') sendError(response, error)
  else sendError(response, error, { lingerBytesMax: context.limits.lingerBytesMax })
}
