import * as z from 'zod'

/** `local/<name>` (kept by Errand) or an http(s) address. */
export const repositoryRefSchema = z.string().min(1).max(2000)

export const repositoryInputSchema = z.strictObject({
  repository: repositoryRefSchema,
  /** Absent: the repository's default branch. */
  branch: z.string().min(1).max(250).optional(),
})
export type RepositoryInput = z.infer<typeof repositoryInputSchema>
