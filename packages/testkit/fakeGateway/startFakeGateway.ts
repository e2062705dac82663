import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { join } from 'node:path'
import {
  type ControlAnswer,
  faultWire,
  RUN_TOKEN_HEADER,
  type RunnerEvent,
  RUNNER_PATHS,
  type RunSpec,
} from '@errand/contracts'
import { type Folder, temporaryFolder } from '../git.ts'
import type { GitServer } from '../gitServer.ts'
import { forwardTo } from './forwardTo.ts'
import { addArtifact, type KeptArtifact } from './artifacts.ts'
import { addEvents, type KeptEvent } from './events.ts'

export interface FakeGatewayOptions {
  readonly spec: RunSpec
  /** Where `/llm` goes: the part before `/v1/messages`. */
  readonly modelUrl?: string
  /** Where `/git` goes, with its password added: `/git/local/x.git` becomes `/local/x.git`. */
  readonly git?: GitServer
  /** Input files by SHA-256. */
  readonly inputs?: ReadonlyMap<string, Buffer>
  readonly maxArtifactBytes?: number
}

/** A request that came for the agent: what a proxy, the model or git was asked. */
export interface ForwardedRequest {
  readonly method: string
  readonly target: string
  readonly headers: IncomingMessage['headers']
}

/**
 * Stands where the gateway stands for one runner: every path of `RUNNER_PATHS` as the wire says, over a unix socket.
 * Keeps what it is told; can be stopped and started on the same socket, cut connections and ask for a cancel.
 */
export interface FakeGateway {
  readonly socketPath: string
  readonly token: string
  readonly events: readonly KeptEvent[]
  readonly artifacts: ReadonlyMap<string, KeptArtifact>
  readonly forwarded: readonly ForwardedRequest[]
  bodies(): readonly RunnerEvent[]
  /** The last word, once it is there. */
  finished(): Extract<RunnerEvent, { type: 'run.finished' }> | undefined
  cancel(): void
  reachBudget(): void
  /** Persons say this, or the gateway finds it: answers, expired questions, notes and what was taken back. */
  say(words: Words): void
  /** Answers 401 to the runner from now on, as for a run that is over. */
  endRun(): void
  /** The next so many event batches are taken, and their answers lost. */
  loseAnswers(count: number): void
  /** Refuses the next so many event batches with this status. */
  failEvents(count: number, status: number): void
  stop(): Promise<void>
  start(): Promise<void>
  close(): Promise<void>
}

type Words = Partial<Pick<ControlAnswer, 'answers' | 'expired' | 'notes' | 'removedNotes' | 'waiting'>>

interface State {
  /** What was said, each with the number of the answer that told it first. */
  readonly said: { readonly seq: number; readonly words: Words }[]
  readonly events: KeptEvent[]
  readonly artifacts: Map<string, KeptArtifact>
  readonly forwarded: ForwardedRequest[]
  readonly waiting: Set<() => void>
  isCancelled: boolean
  isBudgetReached: boolean
  isOver: boolean
  answersToLose: number
  failures: { count: number; status: number }
}

export async function startFakeGateway(options: FakeGatewayOptions): Promise<FakeGateway> {
  const folder = await temporaryFolder('errand-gateway')
  const gateway = createFake(folder, options)
  await gateway.start()
  return gateway
}

function createFake(folder: Folder, options: FakeGatewayOptions): FakeGateway {
  const socketPath = join(folder.path, 'gateway.sock')
  const token = 'run-token-of-this-test'
  const state: State = {
    events: [],
    artifacts: new Map(),
    forwarded: [],
    waiting: new Set(),
    said: [],
    isCancelled: false,
    isBudgetReached: false,
    isOver: false,
    answersToLose: 0,
    failures: { count: 0, status: 0 },
  }
  let server: Server | null = null
  const wake = (): void => {
    for (const answer of state.waiting) answer()
  }
  return {
    socketPath,
    token,
    events: state.events,
    artifacts: state.artifacts,
    forwarded: state.forwarded,
    bodies: () => state.events.map(({ body }) => body),
    finished: () => state.events.map(({ body }) => body).find((body) => body.type === 'run.finished'),
    cancel() {
      state.isCancelled = true
      wake()
    },
    say(words) {
      state.said.push({ seq: (state.said.length + 1) * FLAGS, words })
      wake()
    },
    reachBudget() {
      state.isBudgetReached = true
      wake()
    },
    endRun() {
      state.isOver = true
      wake()
    },
    loseAnswers: (count) => (state.answersToLose = count),
    failEvents: (count, status) => (state.failures = { count, status }),
    async stop() {
      const closing = server
      server = null
      await new Promise<void>((resolve) => {
        if (closing === null) return resolve()
        closing.close(() => resolve())
        closing.closeAllConnections()
      })
    },
    async start() {
      const fresh = createServer(
        { requestTimeout: 0 },
        (request, response) => void answer({ request, response, token, options, state }),
      )
      fresh.on('connect', (request, socket) => answerConnect(request, { socket, token, state }))
      await new Promise<void>((resolve) => fresh.listen(socketPath, resolve))
      server = fresh
    },
    async close() {
      await this.stop()
      await folder.remove()
    },
  }
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly token: string
  readonly options: FakeGatewayOptions
  readonly state: State
}

async function answer(exchange: Exchange): Promise<void> {
  const { request, response, token, options, state } = exchange
  const target = request.url ?? ''
  if (!target.startsWith('/runner/')) return answerForwarded(exchange, target)
  if (request.headers.authorization !== `Bearer ${token}`) return sendJson(response, 401, faultWire('token.invalid'))
  if (state.isOver) return sendJson(response, 401, faultWire('token.dead'))
  const url = new URL(target, 'http://gateway')
  if (url.pathname === RUNNER_PATHS.spec) return sendJson(response, 200, options.spec)
  if (url.pathname === RUNNER_PATHS.events) return await answerEvents(exchange)
  if (url.pathname === RUNNER_PATHS.artifacts) {
    const { status, body } = await addArtifact(request, {
      query: url.searchParams,
      artifacts: state.artifacts,
      maxBytes: options.maxArtifactBytes ?? Infinity,
      runId: options.spec.runId,
    })
    return sendJson(response, status, body)
  }
  if (url.pathname === RUNNER_PATHS.control) return answerControl(exchange, Number(url.searchParams.get('after') ?? 0))
  const input = options.inputs?.get(url.pathname.slice(RUNNER_PATHS.inputs.length + 1))
  if (input === undefined) return sendJson(response, 404, faultWire('path.unknown'))
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': input.length })
  response.end(input)
}

async function answerEvents({ request, response, state }: Exchange): Promise<void> {
  if (state.failures.count > 0) {
    state.failures = { ...state.failures, count: state.failures.count - 1 }
    request.resume()
    return sendJson(response, state.failures.status, faultWire('service.stopping'))
  }
  const { status, body } = await addEvents(request, state.events)
  if (status === 200 && state.answersToLose > 0) {
    state.answersToLose--
    response.destroy()
    return
  }
  sendJson(response, status, body)
}

/** Waits for something to say, as the real one does; a number that has grown is what the caller has not heard yet. */
function answerControl({ request, response, state }: Exchange, after: number): void {
  const say = (): void => {
    const flags = Number(state.isCancelled) + Number(state.isBudgetReached) + Number(state.isOver)
    const seq = state.said.length * FLAGS + flags
    if (seq <= after) return
    state.waiting.delete(say)
    if (state.isOver) return sendJson(response, 401, faultWire('token.dead'))
    sendJson(response, 200, {
      desired: state.isCancelled ? 'cancelled' : 'done',
      budgetReached: state.isBudgetReached,
      ...wordsSince(state, after),
      seq,
    })
  }
  state.waiting.add(say)
  request.once('close', () => state.waiting.delete(say))
  say()
}

/** More than all of them together. */
const FLAGS = 8

function wordsSince({ said }: State, after: number): Words {
  const since = said.filter(({ seq }) => seq > after).map(({ words }) => words)
  return {
    answers: since.flatMap(({ answers = [] }) => answers),
    expired: since.flatMap(({ expired = [] }) => expired),
    notes: since.flatMap(({ notes = [] }) => notes),
    removedNotes: since.flatMap(({ removedNotes = [] }) => removedNotes),
    waiting: said.findLast(({ words }) => words.waiting !== undefined)?.words.waiting ?? false,
  }
}

function answerForwarded({ request, response, token, options, state }: Exchange, target: string): void {
  state.forwarded.push({ method: request.method ?? '', target, headers: request.headers })
  if (request.headers[RUN_TOKEN_HEADER] !== token) return sendJson(response, 401, faultWire('token.invalid'))
  const { modelUrl, git } = options
  if (target.startsWith(`${RUNNER_PATHS.llm}/`) && modelUrl !== undefined) {
    return forwardTo(modelUrl + target.slice(RUNNER_PATHS.llm.length), { request, response, headers: {} })
  }
  if (target.startsWith(`${RUNNER_PATHS.git}/`) && git !== undefined) {
    const authorization = `Basic ${Buffer.from(`${git.username}:${git.password}`).toString('base64')}`
    return forwardTo(git.url + target.slice(RUNNER_PATHS.git.length), { request, response, headers: { authorization } })
  }
  if (target.startsWith('http://')) {
    request.resume()
    response.writeHead(200, { 'content-type': 'text/plain' })
    response.end(`proxied ${target}`)
    return
  }
  request.resume()
  sendJson(response, 404, faultWire('path.unknown'))
}

/** Opens a tunnel that echoes, to any host that begins with `open`; refuses the others. */
function answerConnect(
  request: IncomingMessage,
  { socket, token, state }: { socket: Duplex; token: string; state: State },
): void {
  const target = request.url ?? ''
  state.forwarded.push({ method: 'CONNECT', target, headers: request.headers })
  if (request.headers[RUN_TOKEN_HEADER] !== token || !target.startsWith('open')) {
    const body = JSON.stringify(faultWire('egress.host-denied'))
    socket.end(
      `HTTP/1.1 403 Forbidden\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )
    return
  }
  socket.on('error', () => socket.destroy())
  socket.write('HTTP/1.1 200 OK\r\n\r\n')
  socket.pipe(socket)
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  if (response.destroyed) return
  const text = JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  response.end(text)
}
