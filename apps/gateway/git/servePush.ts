import type { ServerResponse } from 'node:http'
import { Fault, toFault } from '@errand/contracts'
import { askHolder } from './askHolder.ts'
import type { GitAsk } from './gitAnswer.ts'
import type { GitDeps } from './gitDeps.ts'
import { type End, passOn } from './passOn.ts'
import { type PushCommands, splitCommands } from './pushCommands.ts'
import { refusedPush, type RefResult, reportReader } from './reportStatus.ts'
import { requestBody } from './requestBody.ts'
import type { GitExchange, Permitted } from './serveGit.ts'
import { writeGitRefusal, writeGitText, writePushReport } from './writeGitRefusal.ts'

interface Push extends Permitted {
  readonly response: ServerResponse
  readonly commands: PushCommands
}

/**
 * A push is judged by the commands in front of its pack before a byte of it goes on. It goes on unzipped, so that
 * what was judged is what the server behind reads.
 */
export async function servePush(
  { request, response, signal }: GitExchange,
  { asked, caller }: Permitted,
  deps: GitDeps,
): Promise<End> {
  const { 'content-encoding': encoding, ...headers } = request.headers
  const isZipped = encoding === 'gzip'
  const taken = requestBody(request, { isUnzipped: isZipped })
  const { head, body } = await splitCommands(taken.chunks)
  const refuse = async (detail: string, write: () => void): Promise<End> => {
    await caller.record({ request: asked, ok: false, detail })
    await taken.drain()
    write()
    return 'refused'
  }
  if (head.kind === 'malformed')
    return refuse(head.words, () => writeGitText(response, { status: 400, text: `${head.words}.` }))
  const refused = caller.refusePush(asked, head.updates)
  if (refused !== null)
    return refuse(describe(refused), () =>
      writePushReport(response, refusedPush(refused, { capabilities: head.capabilities, words: whyRefused(refused) })),
    )

  const ask: GitAsk = {
    request: asked,
    headers,
    body,
    contentLength: isZipped ? null : (headers['content-length'] ?? null),
    signal,
  }
  try {
    const end = await forward(ask, { asked, caller, response, commands: head }, deps)
    await taken.drain()
    return end
  } catch (error) {
    if (signal.aborted) return 'cut'
    const fault = toFault(error)
    if (fault.code === 'internal.error') throw error
    return refuse(fault.detail ?? fault.message, () => writeGitRefusal(response, fault, { request: asked, push: head }))
  }
}

/** What came of it is in the run's log before git hears the end of the answer. */
async function forward(ask: GitAsk, { asked, caller, response, commands }: Push, deps: GitDeps): Promise<End> {
  const answer = await askHolder(ask, caller, deps)
  const report = reportReader(commands.capabilities)
  response.writeHead(answer.status, answer.headers)
  const end = await passOn(answer, { response, signal: ask.signal, see: (chunk) => report.see(chunk) })
  // The probe in front of a large push is not a push.
  if (commands.updates.length > 0) {
    const results = report.results() ?? commands.updates.map(({ ref }) => ({ ref, reason: 'no report came back' }))
    await caller.record({
      request: asked,
      ok: results.every(({ reason }) => reason === null),
      detail: describe(results),
    })
    await adoptHead(results, { asked, caller }, deps)
  }
  if (end === 'whole') response.end()
  return end
}

/** The first branch that a person pushes into an empty repository is what a clone of it checks out. */
async function adoptHead(
  results: readonly RefResult[],
  { asked, caller }: Permitted,
  { repositories }: GitDeps,
): Promise<void> {
  const branch = results.find(({ ref, reason }) => reason === null && ref.startsWith('refs/heads/'))
  if (caller.isRun || branch === undefined || asked.address.kind !== 'local') return
  await repositories.adoptHead({ orgId: caller.orgId, name: asked.address.name }, branch.ref)
}

function whyRefused(refused: readonly RefResult[]): string {
  const reasons = new Set(refused.flatMap(({ reason }) => (reason === null ? [] : [reason])))
  return new Fault('push.outside-prefix', `${[...reasons].join('; ')}.`).message
}

function describe(results: readonly RefResult[]): string {
  return results
    .map(({ ref, reason }) => (reason === null ? ref : `${ref}: ${reason}`))
    .join('; ')
    .slice(0, 2_000)
}
