// Every HTTP request: checks in the order Host, Origin, path, token, then the route. Whatever goes wrong is answered with
// a code; once an answer has begun, breaking the connection is the only honest way to say that it is not complete.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { checkLedgerId, paths } from '@ledgerd/protocol'
import { LedgerError } from '@ledgerd/schema/errors'
import type { ErrorCode } from '@ledgerd/schema'
import type { ScopedEngine } from '../../auth/scoped-engine.ts'
import { Principal } from '../../auth/principal.ts'
import type { Visitor } from '../../auth/access.ts'
import { hasTooManyHeaders, visitorOf } from '../visitor.ts'
import { sendError, sendJson, sendText } from './answer.ts'
import type { Headers } from './answer.ts'
import { appendRoute } from './append.ts'
import { checkBodyForm } from './body-form.ts'
import type { HttpContext } from './http-context.ts'
import { ledgersRoute, statRoute } from './ledgers.ts'
import { lineRoute, linesRoute } from './lines.ts'
import { requireNoParameters } from './query.ts'
import { matchRoute } from './routes.ts'
import type { Route, RouteMatch } from './routes.ts'
import { cutWhenStalled } from './stalled-answer.ts'

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
    const visitor = visitorOf(request, isLocal)
    cutWhenStalled(context, response, visitor.peer)
    const admitted = admitRequest(context, request, response, path, visitor)
    if (admitted === undefined) return
    const { route, principal } = admitted
    // Probes have no token that could be crowded.
    const leave = principal === nobody ? undefined : context.access.enter(principal)
    if (leave instanceof LedgerError) throw leave
    if (leave !== undefined) response.on('close', leave)
    // Whoever loses the right to an answer gets no more of it: a broken connection, so that it is not taken for whole.
    response.on(
      'close',
      principal.onRevoked(() => response.destroy()),
    )
    const engine = context.access.scope(context.engine, visitor.peer, () => principal)
    await answer({ ...context, engine }, route, rest.join('?'), request, response)
  } catch (error) {
    fail(context, response, error)
  }
}

interface Admitted {
  readonly route: Route
  readonly principal: Principal
}

/** Who asks for what anyone may know. */
const nobody = new Principal('nobody', { allow: [], ledgers: [] })

/** The route and who asks, or undefined when the refusal has been sent. */
function admitRequest(
  context: HttpContext,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  visitor: Visitor,
): Admitted | undefined {
  const { access, limits } = context
  const refuse = (error: LedgerError, status: number, headers: Headers = {}): undefined => {
    context.metrics.count('connections_refused')
    context.metrics.countError(error.code)
    access.tellRefused(visitor, { status, error })
    if (status === 431) context.metrics.countLimit('headers')
    sendError(response, error, { status, lingerBytesMax: limits.lingerBytesMax, headers })
    return undefined
  }
  if (hasTooManyHeaders(request, limits.headersMax))
    return refuse(new LedgerError('REQUEST_INVALID', `more than ${limits.headersMax} headers`), 431)
  const foreign = access.checkWeb(visitor)
  if (foreign !== undefined) return refuse(foreign.error, foreign.status)
  const match = matchRoute(path)
  if (match === undefined && path === paths.webSocket)
    return refuse(new LedgerError('REQUEST_INVALID', webSocketOnly), 426, {
      Connection: 'close, Upgrade',
      Upgrade: 'websocket',
    })
  if (match === undefined)
    return refuse(new LedgerError('REQUEST_INVALID', 'there is nothing at this path; see PROTOCOL.md, section 6'), 404)
  if (!match.methods.includes(request.method ?? ''))
    return refuse(wrongMethod(request, match), 405, { Allow: match.methods.join(', ') })
  const principal = match.isOpen ? nobody : access.checkRequestToken(visitor)
  if (!(principal instanceof Principal)) return refuse(principal.error, principal.status)
  const badForm = match.route.name === 'append' ? checkBodyForm(request) : undefined
  if (badForm !== undefined) return refuse(badForm.error, 415, badForm.headers)
  return { route: match.route, principal }
}

const webSocketOnly = 'this path takes WebSockets alone; a proxy on the way has to pass on Upgrade and Connection'

function wrongMethod(request: IncomingMessage, { route, methods }: RouteMatch): LedgerError {
  const isAppend = request.method === 'POST' && 'ledger' in route
  const advice = isAppend ? `; drafts go to ${paths.ledgers}/<ledger id>/append, with no slash behind it` : ''
  return new LedgerError('REQUEST_INVALID', `this path takes ${methods.join(' and ')}${advice}`)
}

async function answer(
  context: RequestContext,
  route: Route,
  query: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if ('ledger' in route) checkLedgerId(route.ledger)
  switch (route.name) {
    case 'append':
      context.engine.require('append', route.ledger)
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

/** The context with the engine as the one who asks may use it. */
interface RequestContext extends HttpContext {
  readonly engine: ScopedEngine
}

type PlainRoute = Exclude<Route, { readonly name: 'append' | 'lines' | 'ledgers' }>

async function answerPlain(context: RequestContext, route: PlainRoute, response: ServerResponse): Promise<void> {
  if (route.name === 'metrics') {
    context.engine.require('admin')
    return sendText(response, 200, context.page.contentType, context.page.render())
  }
  if (route.name === 'health') return sendJson(response, 200, { status: 'ok' })
  if (route.name === 'ready') {
    const { isReady, phase, stopped } = context.health.readiness()
    return sendJson(response, isReady ? 200 : 503, { ready: isReady, phase, stopped })
  }
  if ('seq' in route) return lineRoute(context, route.ledger, route.seq, response)
  if ('ledger' in route) return statRoute(context, route.ledger, response)
}

/** Thrown before a body was read to its end. */
const mayLeaveBodyUnread: ReadonlySet<ErrorCode> = new Set(['BATCH_TOO_LARGE', 'ABORTED', 'FORBIDDEN', 'RATE_LIMITED'])

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
  else if (mayLeaveBodyUnread.has(error.code))
    sendError(response, error, { lingerBytesMax: context.limits.lingerBytesMax })
  else sendError(response, error)
}
