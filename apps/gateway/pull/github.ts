import { type CheckState, Fault, type FaultCode } from '@errand/contracts'
import * as z from 'zod'
import { type ForgeApi, type ForgeChecks, type ForgePull, foremost, pageUrl } from './forgeApi.ts'
import { allPages, type ForgeAnswer, type ForgeClient } from './forgeClient.ts'
import { forgeFault, hostWords } from './forgeFault.ts'

export const GITHUB_HEADERS = { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' } as const

const pullSchema = z.looseObject({
  number: z.int(),
  html_url: z.url({ protocol: /^https?$/ }),
  title: z.string(),
  state: z.enum(['open', 'closed']),
  draft: z.boolean().nullish(),
  merged_at: z.string().nullish(),
  head: z.looseObject({ sha: z.string() }),
  base: z.looseObject({ ref: z.string() }),
})
const runsSchema = z.looseObject({
  total_count: z.int(),
  check_runs: z.array(
    z.looseObject({
      name: z.string(),
      status: z.string(),
      conclusion: z.string().nullish(),
      html_url: z.string().nullish(),
      details_url: z.string().nullish(),
      output: z.looseObject({ title: z.string().nullish() }).nullish(),
    }),
  ),
})
const statusesSchema = z.looseObject({
  total_count: z.int().optional(),
  statuses: z.array(
    z.looseObject({
      context: z.string(),
      state: z.string(),
      target_url: z.string().nullish(),
      description: z.string().nullish(),
    }),
  ),
})

/** `repository` is `owner/name`. The REST API of github.com and of GitHub Enterprise Server, version 2022-11-28. */
export function githubApi(client: ForgeClient, repository: string, now: () => Date): ForgeApi {
  const root = `/repos/${encodeURI(repository)}`
  const [owner = ''] = repository.split('/')
  const refused = (answer: ForgeAnswer) => forgeFault(answer, client, now())

  return {
    async find({ base, branch }) {
      const query = { state: 'all', head: `${owner}:${branch}`, base, per_page: 30 }
      const answer = await client.ask({ path: `${root}/pulls`, query })
      const pulls = answer.status === 200 ? z.array(pullSchema).safeParse(answer.json) : null
      if (pulls?.success !== true) throw refused(answer)
      return foremost(pulls.data.map(toPull))
    },

    async open({ base, branch, title, body, isDraft }) {
      const asked = { title, body, head: branch, base, draft: isDraft, maintainer_can_modify: true }
      const answer = await client.ask({ method: 'POST', path: `${root}/pulls`, body: asked })
      if (answer.status === 201) return parsed(answer, refused)
      if (answer.status !== 422) throw refused(answer)
      return whyNot(answer, { branch, base, isDraft })
    },

    async read(number) {
      const answer = await client.ask({ path: `${root}/pulls/${number}` })
      if (answer.status !== 200) throw refused(answer)
      return parsed(answer, refused)
    },

    checks: ({ sha }) => readChecks(client, `${root}/commits/${encodeURIComponent(sha)}`, refused),
  }
}

/** Check runs of apps, and the statuses of everything older. */
async function readChecks(
  client: ForgeClient,
  commit: string,
  refused: (answer: ForgeAnswer) => Fault,
): Promise<ForgeChecks> {
  const asked = { path: `${commit}/check-runs`, query: { filter: 'latest' }, sizeName: 'per_page' } as const
  const runs = await allPages(client, asked, (json) => {
    const read = runsSchema.safeParse(json)
    return read.success ? { items: read.data.check_runs, total: read.data.total_count } : null
  })
  const statuses = await allPages(client, { path: `${commit}/status`, sizeName: 'per_page' }, (json) => {
    const read = statusesSchema.safeParse(json)
    return read.success ? { items: read.data.statuses, total: read.data.total_count } : null
  })
  const refusal = [runs, statuses].find((one) => one.kind === 'refused')
  const trouble = refusal === undefined ? null : refused(refusal.answer)
  // Fine-grained tokens have no right to read check runs: what can be read is shown all the same.
  if (trouble !== null && !UNREADABLE.includes(trouble.code)) throw trouble
  return {
    checks: [
      ...(runs.kind === 'items' ? runs.items : []).map((run) => ({
        name: run.name,
        state: runState(run.status, run.conclusion ?? null),
        url: pageUrl(run.html_url ?? run.details_url, client.origin),
        words: run.output?.title ?? null,
      })),
      ...(statuses.kind === 'items' ? statuses.items : []).map((status) => ({
        name: status.context,
        state: STATUS[status.state] ?? 'waiting',
        url: pageUrl(status.target_url, client.origin),
        words: status.description ?? null,
      })),
    ],
    trouble:
      trouble === null
        ? null
        : new Fault('pull.no-permission', 'Some of its checks cannot be read with this credential.'),
  }
}

const UNREADABLE: readonly FaultCode[] = ['pull.no-permission', 'repository.not-found']

function parsed(answer: ForgeAnswer, refused: (answer: ForgeAnswer) => Fault): ForgePull {
  const pull = pullSchema.safeParse(answer.json)
  if (!pull.success) throw refused(answer)
  return toPull(pull.data)
}

function toPull(pull: z.infer<typeof pullSchema>): ForgePull {
  const { number, html_url: url, title, state, draft, merged_at: mergedAt, head, base } = pull
  const isMerged = mergedAt !== null && mergedAt !== undefined
  const still = state === 'closed' ? 'closed' : draft === true ? 'draft' : 'open'
  return { number, url, title, base: base.ref, sha: head.sha, state: isMerged ? 'merged' : still }
}

const errorsSchema = z.looseObject({
  errors: z.array(
    z.looseObject({ field: z.string().optional(), code: z.string().optional(), message: z.string().optional() }),
  ),
})

/** A 422 says in a list of errors what did not fit. */
function whyNot(
  { status, json }: ForgeAnswer,
  { branch, base, isDraft }: { branch: string; base: string; isDraft: boolean },
): 'exists' {
  const read = errorsSchema.safeParse(json)
  const errors = read.success ? read.data.errors : []
  const words = hostWords(json)
  if (/already exists/i.test(words)) return 'exists'
  if (/no commits between/i.test(words)) throw new Fault('pull.nothing-to-merge', `${branch} into ${base}.`)
  const invalid = errors.find(({ code, field }) => code === 'invalid' && (field === 'head' || field === 'base'))
  if (invalid !== undefined) throw new Fault('pull.branch-gone', `${invalid.field === 'head' ? branch : base}.`)
  if (isDraft && /draft/i.test(words)) throw new Fault('pull.draft-refused', `It says: “${words}”`)
  throw new Fault('pull.rejected', `It answered ${status}: “${words}”`)
}

const STATUS: Readonly<Record<string, CheckState>> = {
  success: 'passed',
  failure: 'failed',
  error: 'failed',
  pending: 'running',
}
const CONCLUSION: Readonly<Record<string, CheckState>> = {
  success: 'passed',
  neutral: 'passed',
  skipped: 'skipped',
  cancelled: 'failed',
  failure: 'failed',
  timed_out: 'failed',
  startup_failure: 'failed',
  stale: 'skipped',
  action_required: 'waiting',
}

function runState(status: string, conclusion: string | null): CheckState {
  if (status === 'completed') return CONCLUSION[conclusion ?? ''] ?? 'waiting'
  return status === 'in_progress' ? 'running' : 'waiting'
}
