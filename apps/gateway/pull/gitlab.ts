import { type CheckState, Fault } from '@errand/contracts'
import * as z from 'zod'
import { type ForgeApi, type ForgePull, foremost, pageUrl } from './forgeApi.ts'
import { allPages, type ForgeAnswer, type ForgeClient } from './forgeClient.ts'
import { forgeFault, hostWords } from './forgeFault.ts'

const pullSchema = z.looseObject({
  iid: z.int(),
  web_url: z.url({ protocol: /^https?$/ }),
  title: z.string(),
  state: z.enum(['opened', 'closed', 'merged', 'locked']),
  draft: z.boolean().nullish(),
  work_in_progress: z.boolean().nullish(),
  sha: z.string().nullish(),
  target_branch: z.string(),
})
const statusSchema = z.looseObject({
  name: z.string(),
  status: z.string(),
  target_url: z.string().nullish(),
  description: z.string().nullish(),
  allow_failure: z.boolean().nullish(),
})

/** `project` is its whole path, groups included. GitLab's REST API, version 4. */
export function gitlabApi(client: ForgeClient, project: string, now: () => Date): ForgeApi {
  const root = `/projects/${encodeURIComponent(project)}`
  const refused = (answer: ForgeAnswer) => forgeFault(answer, client, now())
  const parsed = (answer: ForgeAnswer): ForgePull => {
    const pull = pullSchema.safeParse(answer.json)
    if (!pull.success) throw refused(answer)
    return toPull(pull.data)
  }

  return {
    async find({ base, branch }) {
      const query = { source_branch: branch, target_branch: base, state: 'all', per_page: 30 }
      const answer = await client.ask({ path: `${root}/merge_requests`, query })
      const pulls = answer.status === 200 ? z.array(pullSchema).safeParse(answer.json) : null
      if (pulls?.success !== true) throw refused(answer)
      return foremost(pulls.data.map(toPull))
    },

    async open({ base, branch, title, body, isDraft }) {
      await requireChanges(client, { root, base, branch })
      const asked = {
        source_branch: branch,
        target_branch: base,
        title: isDraft ? `Draft: ${title}` : title,
        description: body,
      }
      const answer = await client.ask({ method: 'POST', path: `${root}/merge_requests`, body: asked })
      if (answer.status === 201) return parsed(answer)
      const words = hostWords(answer.json)
      if (answer.status === 409 && /already exists/i.test(words)) return 'exists'
      if (/(source|target)[ _]branch.*(does not exist|not found|invalid)/i.test(words))
        throw new Fault('pull.branch-gone', `It says: “${words}”`)
      throw refused(answer)
    },

    async read(number) {
      const answer = await client.ask({ path: `${root}/merge_requests/${number}` })
      if (answer.status !== 200) throw refused(answer)
      return parsed(answer)
    },

    async checks({ sha }) {
      if (sha === '') return { checks: [], trouble: null }
      // Jobs of pipelines and statuses from elsewhere, the latest of each name.
      const path = `${root}/repository/commits/${encodeURIComponent(sha)}/statuses`
      const found = await allPages(client, { path, sizeName: 'per_page' }, (json) => {
        const read = z.array(statusSchema).safeParse(json)
        return read.success ? { items: read.data } : null
      })
      if (found.kind === 'refused') throw refused(found.answer)
      const checks = found.items.map(
        ({ name, status, target_url: target, description, allow_failure: isOptional }) => ({
          name,
          state: status === 'failed' && isOptional === true ? ('skipped' as const) : (STATE[status] ?? 'waiting'),
          url: pageUrl(target, client.origin),
          words: status === 'failed' && isOptional === true ? 'failed, and is allowed to' : (description ?? null),
        }),
      )
      return { checks, trouble: null }
    },
  }
}

function toPull(pull: z.infer<typeof pullSchema>): ForgePull {
  const { iid, web_url: url, title, state, draft, work_in_progress: isWip, sha, target_branch: base } = pull
  const isDraft = draft ?? isWip ?? false
  const still = isDraft ? 'draft' : 'open'
  // `locked` is the moment in which it is being merged.
  const isOpen = state === 'opened' || state === 'locked'
  return { number: iid, url, title, base, sha: sha ?? '', state: isOpen ? still : state }
}

const compareSchema = z.looseObject({ commits: z.array(z.unknown()), diffs: z.array(z.unknown()).optional() })

/** GitLab would open an empty one. */
async function requireChanges(
  client: ForgeClient,
  { root, base, branch }: { root: string; base: string; branch: string },
): Promise<void> {
  const answer = await client.ask({ path: `${root}/repository/compare`, query: { from: base, to: branch } })
  const compared = answer.status === 200 ? compareSchema.safeParse(answer.json) : null
  if (compared?.success === true && compared.data.commits.length === 0)
    throw new Fault('pull.nothing-to-merge', `${branch} into ${base}.`)
}

const STATE: Readonly<Record<string, CheckState>> = {
  success: 'passed',
  failed: 'failed',
  canceled: 'failed',
  skipped: 'skipped',
  running: 'running',
  canceling: 'running',
  pending: 'waiting',
  created: 'waiting',
  preparing: 'waiting',
  scheduled: 'waiting',
  manual: 'waiting',
  waiting_for_resource: 'waiting',
}
