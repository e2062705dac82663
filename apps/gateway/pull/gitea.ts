import { type CheckState, Fault } from '@errand/contracts'
import * as z from 'zod'
import { type ForgeApi, type ForgePull, pageUrl } from './forgeApi.ts'
import { allPages, type ForgeAnswer, type ForgeClient } from './forgeClient.ts'
import { forgeFault } from './forgeFault.ts'

const pullSchema = z.looseObject({
  number: z.int(),
  html_url: z.url({ protocol: /^https?$/ }),
  title: z.string(),
  state: z.enum(['open', 'closed']),
  draft: z.boolean().nullish(),
  merged: z.boolean().nullish(),
  head: z.looseObject({ sha: z.string() }),
  base: z.looseObject({ ref: z.string() }),
})
const statusesSchema = z.looseObject({
  total_count: z.int().optional(),
  statuses: z
    .array(
      z.looseObject({
        context: z.string(),
        status: z.string(),
        target_url: z.string().nullish(),
        description: z.string().nullish(),
      }),
    )
    .nullable()
    .transform((all) => all ?? []),
})

/** `repository` is `owner/name`. The API v1 of Gitea and Forgejo. */
export function giteaApi(client: ForgeClient, repository: string, now: () => Date): ForgeApi {
  const root = `/repos/${encodeURI(repository)}`
  const refused = (answer: ForgeAnswer) => forgeFault(answer, client, now())
  const parsed = (answer: ForgeAnswer): ForgePull => {
    const pull = pullSchema.safeParse(answer.json)
    if (!pull.success) throw refused(answer)
    return toPull(pull.data)
  }

  return {
    async find({ base, branch }) {
      const head = branch.split('/').map(encodeURIComponent).join('/')
      const answer = await client.ask({ path: `${root}/pulls/${encodeURIComponent(base)}/${head}` })
      if (answer.status === 200) return parsed(answer)
      if (answer.status !== 404) throw refused(answer)
      // The same answer for a repository that the credential may not see.
      const itself = await client.ask({ path: root })
      if (itself.status !== 200) throw refused(itself)
      return null
    },

    async open({ base, branch, title, body, isDraft }) {
      await requireChanges(client, { root, base, branch })
      const asked = { base, head: branch, title: isDraft ? `WIP: ${title}` : title, body }
      const answer = await client.ask({ method: 'POST', path: `${root}/pulls`, body: asked })
      if (answer.status === 201) return parsed(answer)
      if (answer.status === 409) return 'exists'
      throw refused(answer)
    },

    async read(number) {
      const answer = await client.ask({ path: `${root}/pulls/${number}` })
      if (answer.status !== 200) throw refused(answer)
      return parsed(answer)
    },

    async checks({ sha }) {
      const path = `${root}/commits/${encodeURIComponent(sha)}/status`
      const found = await allPages(client, { path, sizeName: 'limit' }, (json) => {
        const read = statusesSchema.safeParse(json)
        return read.success ? { items: read.data.statuses, total: read.data.total_count } : null
      })
      if (found.kind === 'refused') throw refused(found.answer)
      const checks = found.items.map(({ context, status, target_url: target, description }) => ({
        name: context,
        state: STATE[status] ?? 'waiting',
        // Its own jobs are linked without the host.
        url: pageUrl(target, client.origin),
        words: description === '' ? null : (description ?? null),
      }))
      return { checks, trouble: null }
    },
  }
}

/** As a title says it where the answer does not: the prefixes that Gitea comes with. */
const WIP = /^\s*(?:WIP:|\[WIP\])/i

function toPull(pull: z.infer<typeof pullSchema>): ForgePull {
  const { number, html_url: url, title, state, draft, merged, head, base } = pull
  const isDraft = draft ?? WIP.test(title)
  const still = state === 'closed' ? 'closed' : isDraft ? 'draft' : 'open'
  return { number, url, title, base: base.ref, sha: head.sha, state: merged === true ? 'merged' : still }
}

const compareSchema = z.looseObject({ total_commits: z.int() })

/** Gitea would open an empty one. */
async function requireChanges(
  client: ForgeClient,
  { root, base, branch }: { root: string; base: string; branch: string },
): Promise<void> {
  const range = `${encodeURIComponent(base)}...${encodeURIComponent(branch)}`
  const answer = await client.ask({ path: `${root}/compare/${range}` })
  const compared = answer.status === 200 ? compareSchema.safeParse(answer.json) : null
  if (compared?.success === true && compared.data.total_commits === 0)
    throw new Fault('pull.nothing-to-merge', `${branch} into ${base}.`)
}

const STATE: Readonly<Record<string, CheckState>> = {
  success: 'passed',
  warning: 'passed',
  failure: 'failed',
  error: 'failed',
  pending: 'running',
  skipped: 'skipped',
}
