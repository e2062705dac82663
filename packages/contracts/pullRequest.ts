import * as z from 'zod'

/** Who speaks which API. Gitea's is Forgejo's too. */
export const FORGES = ['github', 'gitlab', 'gitea'] as const
export const forgeSchema = z.enum(FORGES)
export type Forge = z.infer<typeof forgeSchema>

export const pullStateSchema = z.enum(['draft', 'open', 'merged', 'closed'])
export type PullState = z.infer<typeof pullStateSchema>

export const checkStateSchema = z.enum(['waiting', 'running', 'passed', 'failed', 'skipped'])
export type CheckState = z.infer<typeof checkStateSchema>

/** A check run, a pipeline's job or a commit status: one thing that the host's machines say of the branch. */
export const pullCheckSchema = z.object({
  name: z.string(),
  state: checkStateSchema,
  /** Where the host shows it; http(s), or null. */
  url: z.string().nullable(),
  /** The host's own words, if it has any. */
  words: z.string().nullable(),
})
export type PullCheck = z.infer<typeof pullCheckSchema>

export const MAX_PULL_TITLE = 250
export const MAX_PULL_BODY = 60_000

export const pullTextSchema = z.strictObject({
  title: z.string().trim().min(1).max(MAX_PULL_TITLE),
  body: z.string().max(MAX_PULL_BODY),
  isDraft: z.boolean(),
})
export type PullText = z.infer<typeof pullTextSchema>
