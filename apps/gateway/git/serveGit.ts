import type { IncomingMessage, ServerResponse } from 'node:http'
import { toFault } from '@errand/contracts'
import type { GitAsk } from './gitAnswer.ts'
import type { GitCaller } from './gitCaller.ts'
import type { GitDeps } from './gitDeps.ts'
import { type GitRequest, parseGitRequest } from './gitRequest.ts'
import { type End, passOn } from './passOn.ts'
import { followedRedirect } from './followedRedirect.ts'
import { bodyAgain, requestBody } from './requestBody.ts'
import { askHolder } from './askHolder.ts'
import { servePush } from './servePush.ts'
import { writeGitRefusal, writeGitText, writeLfsRefusal } from './writeGitRefusal.ts'

export interface GitExchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Path and query, beginning with /git/. */
  readonly target: string
  readonly signal: AbortSignal
}

export interface Permitted {
  readonly asked: GitRequest
  readonly caller: GitCaller
}

/**
 * Answers one request of git's smart HTTP in the name of `caller`: judges repository and refs, sends it on to the
 * repository's host or to git itself, streams the answer back. Every refusal is written so that git prints it.
 * Throws only what is a fault of ours.
 */
export async function serveGit(exchange: GitExchange, caller: GitCaller, deps: GitDeps): Promise<End> {
  const { request, response } = exchange
  const asked = parseGitRequest(request.method ?? 'GET', exchange.target)
  if (asked.kind !== 'git') {
    await requestBody(request).drain()
    if (asked.kind === 'lfs') writeLfsRefusal(response)
    else writeGitText(response, { status: asked.status, text: asked.words })
    return 'refused'
  }
  const permit = await caller.permit(asked)
  if (permit.kind === 'refused') {
    await caller.record({ request: asked, ok: false, detail: permit.fault.detail ?? permit.fault.message })
    await requestBody(request).drain()
    writeGitRefusal(response, permit.fault, { request: asked })
    return 'refused'
  }
  if (asked.operation === 'push' && asked.step === 'call') return servePush(exchange, { asked, caller }, deps)
  return serveUnjudged(exchange, { asked, caller }, deps)
}

/** Advertisements, and calls of a fetch: nothing in their bodies is for us to judge. */
async function serveUnjudged(
  { request, response, signal }: GitExchange,
  { asked, caller }: Permitted,
  deps: GitDeps,
): Promise<End> {
  const body = requestBody(request)
  const sends =
    asked.step === 'call'
      ? { body: bodyAgain([], body.chunks), contentLength: request.headers['content-length'] ?? null }
      : { body: null, contentLength: null }
  const ask: GitAsk = { request: asked, headers: request.headers, signal, ...sends }
  try {
    const answer = await askHolder(ask, caller, deps)
    const headers = answer.status === 200 ? answer.headers : followedRedirect(answer, { asked, caller })
    // A push is told of when it is one; this is only the question before it.
    if (asked.step === 'advertise' && asked.operation === 'fetch') await caller.record({ request: asked, ok: true })
    response.writeHead(answer.status, headers)
    const end = await passOn(answer, { response, signal })
    if (end === 'whole') response.end()
    await body.drain()
    return end
  } catch (error) {
    if (signal.aborted) return 'cut'
    const fault = toFault(error)
    if (fault.code === 'internal.error') throw error
    await caller.record({ request: asked, ok: false, detail: fault.detail ?? fault.message })
    await body.drain()
    writeGitRefusal(response, fault, { request: asked })
    return 'refused'
  }
}
