import { existsSync } from 'node:fs'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { type GitServer, startGitServer } from '../gitServer.ts'
import type { ApiAnswer, FixtureApi, FixtureCheck, FixturePull, ForgeState } from './forgeState.ts'
import { giteaFixture } from './giteaFixture.ts'
import { githubFixture } from './githubFixture.ts'
import { gitlabFixture } from './gitlabFixture.ts'

export type ForgeKind = 'github' | 'gitlab' | 'gitea'
const APIS: Record<ForgeKind, FixtureApi> = { github: githubFixture, gitlab: gitlabFixture, gitea: giteaFixture }

/** A git host with the API of a forge beside it, on 127.0.0.1: one token opens both. */
export interface ForgeHost extends GitServer {
  readonly kind: ForgeKind
  readonly pulls: readonly FixturePull[]
  /** Requests of the API, as `METHOD /path?query`. */
  readonly apiRequests: readonly string[]
  setChecks(checks: readonly FixtureCheck[]): void
  /** From now on: what the token may do, and whether the API answers at all. */
  behave(how: Partial<Pick<ForgeState, 'limitedUntil' | 'mayWrite' | 'mayReadChecks' | 'hasDrafts'>>): void
  /** As a person would on its page; what is merged or closed is not open any more. */
  change(number: number, how: Partial<Pick<FixturePull, 'isDraft' | 'isMerged' | 'state' | 'title'>>): void
}

export async function startForge(kind: ForgeKind, { password = 'right-password' } = {}): Promise<ForgeHost> {
  const folders = new Map<string, string>()
  const state: ForgeState = {
    token: password,
    pulls: [],
    checks: [],
    limitedUntil: null,
    mayWrite: true,
    mayReadChecks: true,
    hasDrafts: true,
    requests: [],
    folderOf(repository) {
      const folder = folders.get(repository) ?? null
      return folder !== null && existsSync(folder) ? folder : null
    },
  }
  const server = await startGitServer({ password, answerApi: apiListener(APIS[kind], state) })
  return {
    ...server,
    kind,
    pulls: state.pulls,
    apiRequests: state.requests,
    setChecks: (checks) => (state.checks = checks),
    behave: (how) => void Object.assign(state, how),
    change(number, how) {
      const pull = state.pulls.find((one) => one.number === number)
      if (pull === undefined) throw new Error(`no pull request ${number}`)
      Object.assign(pull, how.isMerged === true ? { ...how, state: 'closed' } : how)
    },
    async create(path, commits) {
      const folder = await server.create(path, commits)
      folders.set(path.replace(/\.git$/, ''), folder)
      return folder
    },
  }
}

function apiListener(api: FixtureApi, state: ForgeState): RequestListener {
  const respond = (response: ServerResponse, { status, json, headers = {} }: ApiAnswer) =>
    response
      .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
      .end(JSON.stringify(json))

  const answer = async (request: IncomingMessage): Promise<ApiAnswer> => {
    const { method = 'GET', url = '', headers } = request
    state.requests.push(`${method} ${url}`)
    const body = await readJson(request)
    const { pathname, searchParams } = new URL(url, 'http://here')
    if (!pathname.startsWith(`${api.base}/`)) return api.refuse('missing', 0)
    if (state.limitedUntil !== null) return api.refuse('limit', state.limitedUntil)
    if (headers.authorization !== api.authorization(state.token)) return api.refuse('token', 0)
    const parts = pathname
      .slice(api.base.length + 1)
      .split('/')
      .map(decodeURIComponent)
    return api.answer({ method, parts, query: searchParams, body, origin: `http://${headers.host ?? ''}` }, state)
  }
  return (request, response) => {
    answer(request).then(
      (answered) => respond(response, answered),
      (error: unknown) => respond(response, { status: 500, json: { message: String(error) } }),
    )
  }
}

async function readJson(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString('utf8')
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
}
