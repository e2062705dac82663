import type * as z from 'zod'
import { createRunSchema } from './run.ts'

/** A task that was not fired yet: as a request, but the prompt may be empty and the key is made when it is sent. */
export const runDraftSchema = createRunSchema.omit({ idempotencyKey: true })
export type RunDraft = z.infer<typeof runDraftSchema>
