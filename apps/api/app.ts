import { Fault, FAULTS, newId, type RequestId, toFault } from '@errand/contracts'
import type { Logger } from '@errand/observe'
import { appRouter, type TrpcContext } from '@errand/surfaces'
import type { HttpBindings } from '@hono/node-server'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { Hono } from 'hono'
import type { DeskDeps } from './auth/desk.ts'
import type { Identify } from './auth/identify.ts'
import { pageOrigin, seenHeaders } from './auth/origin.ts'
import { authRoutes } from './auth/routes.ts'
import { bearerToken } from './authenticate.ts'
import { faultResponse } from './faultResponse.ts'
import { answerArtifact, answerArtifactPage, type OpenArtifact } from './routes/artifact.ts'
import { answerArtifactZip, type ListArtifacts } from './routes/artifactZip.ts'
import { answerReady, type Checks } from './routes/health.ts'
import { isLocal } from './isLocal.ts'
import { limitBody } from './limitBody.ts'
import { answerCallback, clientDocument, type TakeCallback } from './routes/oauth.ts'
import { answerInput, type PutInput } from './routes/input.ts'
import { orPage, type ShowPage } from './routes/orPage.ts'

/** What the routes need; `startApi` builds it. */
export interface AppDeps {
  readonly log: Logger
  readonly now: () => Date
  readonly identify: Identify
  readonly auth: DeskDeps
  readonly trpc: Pick<TrpcContext, 'engine' | 'system'>
  readonly openArtifact: OpenArtifact
  readonly listArtifacts: ListArtifacts
  readonly putInput: PutInput
  readonly checks: Checks
  readonly showPage: ShowPage
  /** What a browser brings back from a sign-in with an MCP server. */
  readonly takeCallback: TakeCallback
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>
}

interface Env {
  Bindings: HttpBindings
  Variables: { requestId: RequestId; log: Logger }
}

/** The largest thing that comes as JSON is a prompt or a YAML document; files go to /inputs. */
const MAX_RPC_BYTES = 4_000_000

const OWN = /^\/(trpc|auth|artifacts|inputs|healthz|readyz|metrics|oauth)(\/|\?|$)/

/** Whether the api answers this path itself; what it does not is a page. */
export function isOwnPath(url: string): boolean {
  return OWN.test(url)
}

/** Every route but /git, which needs the raw connection, and the WebSocket. */
export function createApp(deps: AppDeps): Hono<Env> {
  const app = new Hono<Env>()
  const actorOf = ({ incoming }: HttpBindings) =>
    deps.identify({
      token: bearerToken(incoming.headers.authorization),
      address: incoming.socket.remoteAddress ?? '',
      cookie: incoming.headers.cookie,
      seen: seenHeaders(incoming.headers),
      isReading: incoming.method === 'GET' || incoming.method === 'HEAD',
    })

  traceRequests(app, deps)
  app.get('/healthz', (c) => c.text('ok\n'))
  app.get('/readyz', () => answerReady(deps.checks))
  app.get('/metrics', async (c) => {
    const { contentType, text } = await deps.metrics()
    return c.body(text, 200, { 'content-type': contentType })
  })
  app.get('/artifacts/:id', (c) => {
    const answer = async () => answerArtifact(c.req.raw, await actorOf(c.env), deps.openArtifact)
    return orPage(c.env, { answer, showPage: deps.showPage })
  })
  app.get('/artifacts/:id/view', async (c) => answerArtifactPage(c.req.raw, await actorOf(c.env), deps.openArtifact))
  app.get('/artifacts/of/:runId', async (c) =>
    answerArtifactZip(c.req.raw, await actorOf(c.env), { list: deps.listArtifacts, open: deps.openArtifact }),
  )
  app.put('/inputs', async (c) => answerInput(c.req.raw, await actorOf(c.env), deps.putInput))

  app.route('/auth', authRoutes(deps.auth))
  app.get('/oauth/callback', (c) => answerCallback(c.req.query(), deps.takeCallback))
  app.get('/oauth/client.json', (c) => c.json(clientDocument(deps.trpc.system.info().address)))

  app.use('/trpc/*', limitBody(MAX_RPC_BYTES), (c) =>
    fetchRequestHandler({
      endpoint: '/trpc',
      req: c.req.raw,
      router: appRouter,
      allowBatching: true,
      createContext: (): TrpcContext => ({
        ...deps.trpc,
        authenticate: () => actorOf(c.env),
        isLocal: isLocal(c.env.incoming),
        pageOrigin: pageOrigin(seenHeaders(c.env.incoming.headers), deps.auth.publicUrl),
        log: c.get('log'),
        requestId: c.get('requestId'),
        whenWritable: () => Promise.resolve(),
      }),
    }),
  )

  answerFaults(app)
  return app
}

/** Gives every request its id, a log that names it, and one event with how it ended. */
function traceRequests(app: Hono<Env>, deps: Pick<AppDeps, 'log' | 'now'>): void {
  app.use(async (c, next) => {
    const requestId = newId('request', deps.now())
    const began = performance.now()
    c.set('requestId', requestId)
    c.set('log', deps.log.child({ requestId }))
    await next()
    c.res.headers.set('x-request-id', requestId)
    const fields = {
      op: 'http.answer',
      method: c.req.method,
      path: c.req.path,
      status: c.res.status,
      ms: Math.round(performance.now() - began),
    }
    c.get('log').debug(fields, 'answered')
  })
}

function answerFaults(app: Hono<Env>): void {
  app.notFound(() => faultResponse(new Fault('path.unknown')))
  app.onError((error, c) => {
    const fault = toFault(error)
    c.get('log')[FAULTS[fault.code].level](
      { op: 'http.refuse', path: c.req.path, code: fault.code, error: fault },
      'refused',
    )
    return faultResponse(
      fault.code === 'internal.error' ? new Fault(fault.code, `The request id is ${c.get('requestId')}.`) : fault,
    )
  })
}
