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

const DOCS = 'https://docs.github.com/rest'
const missing: ApiAnswer = { status: 404, json: { message: 'Not Found', documentation_url: DOCS, status: '404' } }

/** GitHub's REST API (2022-11-28) as far as pull requests go, with its errors word by word. */
export const githubFixture: FixtureApi = {
  base: '/api/v3',
  authorization: (token) => `Bearer ${token}`,
  refuse(reason, limitedUntil) {
    if (reason === 'token')
      return { status: 401, json: { message: 'Bad credentials', documentation_url: DOCS, status: '401' } }
    if (reason === 'missing') return missing
    return {
      status: 403,
      json: { message: 'API rate limit exceeded for user ID 1.', documentation_url: DOCS },
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(limitedUntil) },
    }
  },
  async answer(call, state) {
    const [repos, owner, name, collection, ...rest] = call.parts
    if (repos === 'meta')
      return { status: 200, json: { installed_version: '3.15.0' }, headers: { 'x-github-request-id': 'A:1' } }
    const repository = `${owner}/${name}`
    const folder = repos === 'repos' ? state.folderOf(repository) : null
    if (folder === null) return missing
    if (collection === 'pulls' && call.method === 'POST')
      return open(call, { state, repository, folder, owner: owner ?? '' })
    if (collection === 'pulls' && rest.length === 0)
      return list(call, { state, repository, folder, owner: owner ?? '' })
    if (collection === 'pulls') {
      const pull = state.pulls.find((one) => one.repository === repository && String(one.number) === rest[0])
      return pull === undefined ? missing : { status: 200, json: await shown(pull, folder, call.origin) }
    }
    if (collection === 'commits') return checks(call, rest[1] ?? '', state)
    return missing
  },
}

interface Place {
  readonly state: ForgeState
  readonly repository: string
  readonly folder: string
  readonly owner: string
}

async function open({ body, origin }: ApiCall, { state, repository, folder, owner }: Place): Promise<ApiAnswer> {
  if (!state.mayWrite)
    return {
      status: 403,
      json: { message: 'Resource not accessible by personal access token', documentation_url: DOCS, status: '403' },
    }
  const [head, base] = [textOf(body['head']), textOf(body['base'])]
  const asked = {
    repository,
    head,
    base,
    title: textOf(body['title']),
    body: textOf(body['body']),
    isDraft: body['draft'] === true,
  }
  const invalid = (errors: readonly object[]): ApiAnswer => ({
    status: 422,
    json: { message: 'Validation Failed', errors, documentation_url: DOCS, status: '422' },
  })
  for (const [field, branch] of [
    ['head', head],
    ['base', base],
  ] as const)
    if ((await shaOf(folder, branch)) === null) return invalid([{ resource: 'PullRequest', field, code: 'invalid' }])
  if (asked.isDraft && !state.hasDrafts)
    return {
      status: 422,
      json: { message: 'Draft pull requests are not supported in this repository.', documentation_url: DOCS },
    }
  const custom = (message: string) => invalid([{ resource: 'PullRequest', code: 'custom', message }])
  if ((await countCommits(folder, base, head)) === 0) return custom(`No commits between ${base} and ${head}`)
  if (samePull(state, asked).some((one) => one.state === 'open'))
    return custom(`A pull request already exists for ${owner}:${head}.`)
  return { status: 201, json: await shown(addPull(state, asked), folder, origin) }
}

async function list({ query, origin }: ApiCall, { state, repository, folder, owner }: Place): Promise<ApiAnswer> {
  const [head, base] = [query.get('head') ?? '', query.get('base') ?? '']
  const found = samePull(state, { repository, head: head.replace(`${owner}:`, ''), base })
  const asked = query.get('state') ?? 'open'
  const shownOnes = found.filter((one) => asked === 'all' || one.state === asked)
  return { status: 200, json: await Promise.all(shownOnes.map((one) => shown(one, folder, origin))) }
}

async function shown(pull: FixturePull, folder: string, origin: string) {
  const { number, title, body, state, isDraft, isMerged, head, base, repository } = pull
  return {
    number,
    html_url: `${origin}/${repository}/pull/${number}`,
    title,
    body,
    state,
    draft: isDraft,
    merged_at: isMerged ? '2026-01-05T09:00:00Z' : null,
    head: { ref: head, sha: (await shaOf(folder, head)) ?? '0'.repeat(40) },
    base: { ref: base },
  }
}

const DONE: Record<FixtureCheck['state'], readonly [status: string, conclusion: string | null]> = {
  passed: ['completed', 'success'],
  failed: ['completed', 'failure'],
  running: ['in_progress', null],
}
const STATUS: Record<FixtureCheck['state'], string> = { passed: 'success', failed: 'failure', running: 'pending' }

/** The last of the checks is a commit status, the others are check runs. */
function checks({ query }: ApiCall, what: string, state: ForgeState): ApiAnswer {
  const size = Math.min(100, Number(query.get('per_page') ?? '30'))
  if (what === 'check-runs') {
    if (!state.mayReadChecks)
      return {
        status: 403,
        json: { message: 'Resource not accessible by personal access token', documentation_url: DOCS },
      }
    const { items, headers } = pageOf(state.checks.slice(0, -1), { query, size })
    const runs = items.map(({ name, state: is, url }) => ({
      name,
      status: DONE[is][0],
      conclusion: DONE[is][1],
      html_url: url,
      details_url: url,
      output: { title: `${name}: ${is}` },
    }))
    return { status: 200, json: { total_count: Math.max(0, state.checks.length - 1), check_runs: runs }, headers }
  }
  const { items, headers } = pageOf(state.checks.slice(-1), { query, size })
  const statuses = items.map(({ name, state: is, url }) => ({
    context: name,
    state: STATUS[is],
    target_url: url,
    description: is,
  }))
  return { status: 200, json: { state: 'success', total_count: statuses.length, statuses }, headers }
}
