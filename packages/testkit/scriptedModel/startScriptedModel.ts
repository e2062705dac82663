import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { type Choice, chooseStep, fillStep, type ModelRequest, requestSchema } from './chooseStep.ts'
import type { Scenario, StepError } from './scenario.ts'
import { SCENARIOS } from './scenarios.ts'
import { streamAnswer, uniqueId, wholeAnswer } from './writeAnswer.ts'

/** One request as the model saw it. */
export interface ModelCall {
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly scenario: string | null
  readonly index: number
  /** Whether the caller went away before the answer was whole. */
  isCallerGone: boolean
}

export interface ScriptedModel {
  /** `http://127.0.0.1:port`: the part before `/v1/messages`. `url + '/s/<scenario>/<key>'` plays that scenario. */
  readonly url: string
  /** Every request so far, oldest first. */
  readonly calls: readonly ModelCall[]
  close(): Promise<void>
}

export interface ScriptedModelOptions {
  /** Beside those that come with it. */
  readonly scenarios?: Readonly<Record<string, Scenario>>
  /** When given, a call without this key is answered with 401, as the real one does. */
  readonly apiKey?: string
  /** Told of every request as it arrives. */
  readonly onCall?: (call: ModelCall) => void
}

/** A stand-in for the Messages API on loopback that plays scenarios: the real Claude Code cannot tell the difference. */
export async function startScriptedModel({
  scenarios = {},
  apiKey,
  onCall,
}: ScriptedModelOptions = {}): Promise<ScriptedModel> {
  const all: Readonly<Record<string, Scenario>> = { ...SCENARIOS, ...scenarios }
  const calls: ModelCall[] = []
  const errorsGiven = new Map<string, number>()
  const server = createServer((request, response) => void answer(request, response))

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(request)
    const { path, scenario: fromPath, key } = splitPath(request.url ?? '')
    const asked = path === '/v1/messages' && request.method === 'POST' ? requestSchema.safeParse(parseJson(body)) : null
    const choice = asked?.success === true ? chooseStep(asked.data, { scenarios: all, fromPath }) : null
    const call: ModelCall = {
      method: request.method ?? '',
      target: request.url ?? '',
      headers: request.headers,
      body,
      scenario: choice?.scenario ?? null,
      index: choice?.index ?? 0,
      isCallerGone: false,
    }
    calls.push(call)
    onCall?.(call)
    response.once('close', () => (call.isCallerGone = !response.writableFinished))
    if (
      apiKey !== undefined &&
      request.headers['x-api-key'] !== apiKey &&
      request.headers.authorization !== `Bearer ${apiKey}`
    ) {
      return sendError(response, { status: 401, type: 'authentication_error', message: 'invalid x-api-key' })
    }
    if (asked === null) return answerOther(response, { method: call.method, path, body })
    if (choice === null || !asked.success)
      return sendError(response, {
        status: 400,
        type: 'invalid_request_error',
        message: 'not a request of the Messages API',
      })
    await play(response, { choice, request: asked.data, body, key })
  }

  async function play(
    response: ServerResponse,
    { choice, request, body, key }: { choice: Choice; request: ModelRequest; body: string; key: string },
  ): Promise<void> {
    const { step, index, scenario } = choice
    const { error, delayMs } = step
    const given = (errorsGiven.get(`${key} ${scenario} ${index}`) ?? 0) + 1
    if (error !== undefined && given <= (error.times ?? Infinity)) {
      errorsGiven.set(`${key} ${scenario} ${index}`, given)
      if ('reset' in error) response.destroy()
      else sendError(response, error)
      return
    }
    if (delayMs !== undefined) await wait(delayMs)
    const filled = fillStep(step, { request, body, index })
    if (request.stream === true) await streamAnswer(response, filled, request.model)
    else sendJson(response, { status: 200, headers: step.headers ?? {}, body: wholeAnswer(filled, request.model) })
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function answerOther(
  response: ServerResponse,
  { method, path, body }: { method: string; path: string; body: string },
): void {
  if (method === 'HEAD') return sendJson(response, { status: 200, body: {} })
  if (path === '/v1/messages/count_tokens')
    return sendJson(response, { status: 200, body: { input_tokens: Math.ceil(body.length / 4) } })
  if (path === '/v1/models') {
    const model = { type: 'model', id: 'claude-opus-5-5', display_name: 'Scripted', created_at: '2026-01-01T00:00:00Z' }
    return sendJson(response, {
      status: 200,
      body: { data: [model], has_more: false, first_id: model.id, last_id: model.id },
    })
  }
  sendError(response, { status: 404, type: 'not_found_error', message: `there is no ${method} ${path}` })
}

function sendError(
  response: ServerResponse,
  { status, type, message, headers = {} }: Extract<StepError, { status: number }>,
): void {
  sendJson(response, {
    status,
    headers,
    body: { type: 'error', error: { type, message }, request_id: uniqueId('req_') },
  })
}

function sendJson(
  response: ServerResponse,
  { status, headers = {}, body }: { status: number; headers?: Readonly<Record<string, string>>; body: unknown },
): void {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': uniqueId('req_'), ...headers })
  response.end(JSON.stringify(body))
}

function splitPath(target: string): { path: string; scenario: string | null; key: string } {
  const { pathname } = new URL(target, 'http://model')
  const [, scenario, key = '', rest] = /^\/s\/([^/]+)\/([^/]+)(\/.*)$/.exec(pathname) ?? []
  return scenario === undefined || rest === undefined
    ? { path: pathname, scenario: null, key: '' }
    : { path: rest, scenario, key }
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
