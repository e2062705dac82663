import {
  addPull,
  type ApiAnswer,
  type ApiCall,
  countCommits,
  type FixtureApi,
  type FixtureCheck,
  type FixturePull,
  type ForgeState,
  pageOf,
  samePull,
  shaOf,
  textOf,
} from './forgeState.ts'

const missing: ApiAnswer = { status: 404, json: { message: '404 Project Not Found' } }

/** GitLab's REST API v4 as far as merge requests go. */
export const gitlabFixture: FixtureApi = {
  base: '/api/v4',
  authorization: (token) => `Bearer ${token}`,
  refuse(reason, limitedUntil) {
    if (reason === 'token') return { status: 401, json: { message: '401 Unauthorized' } }
    if (reason === 'missing') return missing
    return {
      status: 429,
      json: { message: 'This endpoint has been requested too many times. Try again later.' },
      headers: { 'ratelimit-remaining': '0', 'ratelimit-reset': String(limitedUntil) },
    }
  },
  async answer(call, state) {
    const [projects, repository = '', collection, ...rest] = call.parts
    if (projects === 'version') return { status: 200, json: { version: '18.2.0', revision: 'abc' } }
    const folder = projects === 'projects' ? state.folderOf(repository) : null
    if (folder === null) return missing
    const place = { state, repository, folder }
    if (collection === 'merge_requests') return mergeRequests(call, { ...place, number: rest[0] })
    if (collection === 'repository' && rest[0] === 'compare') {
      const [from, to] = [call.query.get('from') ?? '', call.query.get('to') ?? '']
      const count = await countCommits(folder, from, to)
      return { status: 200, json: { commits: Array.from({ length: count }, () => ({})), diffs: [] } }
    }
    if (collection === 'repository' && rest[0] === 'commits') return statuses(call, state)
    return missing
  },
}

interface Place {
  readonly state: ForgeState
  readonly repository: string
  readonly folder: string
}

async function mergeRequests(
  { method, query, body, origin }: ApiCall,
  { state, repository, folder, number }: Place & { readonly number: string | undefined },
): Promise<ApiAnswer> {
  if (number !== undefined) {
    const pull = state.pulls.find((one) => one.repository === repository && String(one.number) === number)
    return pull === undefined
      ? { status: 404, json: { message: '404 Not found' } }
      : { status: 200, json: await shown(pull, folder, origin) }
  }
  if (method === 'GET') {
    const pair = { repository, head: query.get('source_branch') ?? '', base: query.get('target_branch') ?? '' }
    return { status: 200, json: await Promise.all(samePull(state, pair).map((one) => shown(one, folder, origin))) }
  }
  if (!state.mayWrite)
    return {
      status: 403,
      json: {
        error: 'insufficient_scope',
        error_description: 'The request requires higher privileges than provided by the access token.',
        scope: 'api',
      },
    }
  const title = textOf(body['title'])
  const asked = {
    repository,
    head: textOf(body['source_branch']),
    base: textOf(body['target_branch']),
    title,
    body: textOf(body['description']),
    isDraft: /^(?:draft:|\[draft\]|\(draft\))/i.test(title),
  }
  const other = samePull(state, asked).find((one) => one.state === 'open')
  if (other !== undefined)
    return {
      status: 409,
      json: { message: [`Another open merge request already exists for this source branch: !${other.number}`] },
    }
  return { status: 201, json: await shown(addPull(state, asked), folder, origin) }
}

async function shown(pull: FixturePull, folder: string, origin: string) {
  const { number, title, body, state, isDraft, isMerged, head, base, repository } = pull
  return {
    id: 1000 + number,
    iid: number,
    web_url: `${origin}/${repository}/-/merge_requests/${number}`,
    title,
    description: body,
    state: isMerged ? 'merged' : state === 'open' ? 'opened' : 'closed',
    draft: isDraft,
    source_branch: head,
    target_branch: base,
    sha: await shaOf(folder, head),
  }
}

const STATUS: Record<FixtureCheck['state'], string> = { passed: 'success', failed: 'failed', running: 'running' }

function statuses({ query }: ApiCall, state: ForgeState): ApiAnswer {
  if (!state.mayReadChecks) return { status: 403, json: { message: '403 Forbidden' } }
  const { items, headers } = pageOf(state.checks, { query, size: Math.min(100, Number(query.get('per_page') ?? '20')) })
  const json = items.map(({ name, state: is, url }) => ({
    name,
    status: STATUS[is],
    target_url: url,
    description: null,
    allow_failure: false,
  }))
  return { status: 200, json, headers }
}
