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

const URL_OF_DOCS = '/api/swagger'
const missing: ApiAnswer = {
  status: 404,
  json: { message: "The target couldn't be found.", url: URL_OF_DOCS, errors: [] },
}
/** `MAX_RESPONSE_ITEMS` as Gitea comes. */
const MOST_ITEMS = 50

/** The API v1 of Gitea and Forgejo as far as pull requests go. */
export const giteaFixture: FixtureApi = {
  base: '/api/v1',
  authorization: (token) => `token ${token}`,
  refuse(reason, limitedUntil) {
    if (reason === 'token')
      return { status: 401, json: { message: 'invalid username, password or token', url: URL_OF_DOCS } }
    if (reason === 'missing') return missing
    const seconds = Math.max(1, limitedUntil - Math.floor(Date.now() / 1000))
    return { status: 429, json: { message: 'Too Many Requests' }, headers: { 'retry-after': String(seconds) } }
  },
  async answer(call, state) {
    const [repos, owner, name, collection, ...rest] = call.parts
    if (repos === 'version') return { status: 200, json: { version: '1.24.2' } }
    const repository = `${owner}/${name}`
    const folder = repos === 'repos' ? state.folderOf(repository) : null
    if (folder === null) return missing
    if (collection === undefined) return { status: 200, json: { full_name: repository, default_branch: 'main' } }
    if (collection === 'compare') {
      const [base = '', head = ''] = (rest[0] ?? '').split('...')
      if ((await shaOf(folder, base)) === null || (await shaOf(folder, head)) === null) return missing
      return { status: 200, json: { total_commits: await countCommits(folder, base, head), commits: [] } }
    }
    if (collection === 'pulls' && call.method === 'POST') return open(call, { state, repository, folder })
    if (collection === 'pulls') {
      const found = rest.length === 1 ? byNumber(state, repository, rest[0] ?? '') : byBranches(state, repository, rest)
      return found === undefined ? missing : { status: 200, json: await shown(found, folder, call.origin) }
    }
    if (collection === 'commits' && rest[1] === 'status') return status(call, state)
    return missing
  },
}

function byNumber(state: ForgeState, repository: string, number: string): FixturePull | undefined {
  return state.pulls.find((one) => one.repository === repository && String(one.number) === number)
}

/** `pulls/{base}/{head}`, where a head may have slashes of its own. */
function byBranches(
  state: ForgeState,
  repository: string,
  [base = '', ...head]: readonly string[],
): FixturePull | undefined {
  return samePull(state, { repository, base, head: head.join('/') })[0]
}

interface Place {
  readonly state: ForgeState
  readonly repository: string
  readonly folder: string
}

async function open({ body, origin }: ApiCall, { state, repository, folder }: Place): Promise<ApiAnswer> {
  if (!state.mayWrite)
    return {
      status: 403,
      json: { message: 'token does not have at least one of required scope(s): [write:repository]', url: URL_OF_DOCS },
    }
  const title = textOf(body['title'])
  const [head, base] = [textOf(body['head']), textOf(body['base'])]
  const asked = { repository, head, base, title, body: textOf(body['body']), isDraft: /^(?:WIP:|\[WIP\])/i.test(title) }
  if ((await shaOf(folder, head)) === null || (await shaOf(folder, base)) === null) return missing
  if (samePull(state, asked).some((one) => !one.isMerged))
    return {
      status: 409,
      json: {
        message: `pull request already exists for these targets [id: 1, issue_id: 1, head_branch: ${head}, base_branch: ${base}]`,
        url: URL_OF_DOCS,
      },
    }
  return { status: 201, json: await shown(addPull(state, asked), folder, origin) }
}

async function shown(pull: FixturePull, folder: string, origin: string) {
  const { number, title, body, state, isDraft, isMerged, head, base, repository } = pull
  return {
    number,
    html_url: `${origin}/${repository}/pulls/${number}`,
    title,
    body,
    state,
    draft: isDraft,
    merged: isMerged,
    head: { ref: head, sha: (await shaOf(folder, head)) ?? '' },
    base: { ref: base },
  }
}

const STATUS: Record<FixtureCheck['state'], string> = { passed: 'success', failed: 'failure', running: 'pending' }

function status({ query }: ApiCall, state: ForgeState): ApiAnswer {
  if (!state.mayReadChecks)
    return {
      status: 403,
      json: { message: 'token does not have at least one of required scope(s): [read:repository]' },
    }
  const size = Math.min(MOST_ITEMS, Number(query.get('limit') ?? '30'))
  const { items } = pageOf(state.checks, { query, size })
  const statuses = items.map(({ name, state: is, url }) => ({
    context: name,
    status: STATUS[is],
    // Its own jobs are linked without the host.
    target_url: new URL(url).pathname,
    description: '',
  }))
  // Without commit statuses it says null. There is no Link header here; the total tells whether there is more.
  return {
    status: 200,
    json: { state: '', total_count: state.checks.length, statuses: statuses.length === 0 ? null : statuses },
  }
}
