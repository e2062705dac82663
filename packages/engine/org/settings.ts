import { hostPatternSchema, nameSchema, type OrgId } from '@errand/contracts'
import { findSettings, mergeSettings, type Queryable, type SettingsBody } from '@errand/store'
import * as z from 'zod'
import type { Actor, EngineDeps } from '../deps.ts'
import { inputFault } from '../inputFault.ts'

export const DEFAULT_SETTINGS: SettingsBody = {
  trustedHosts: [],
  privateHosts: [],
  maxLiveRuns: null,
  retentionDays: { events: 90, artifacts: 90 },
  maxArtifactMib: 512,
  defaultAgent: null,
}

const days = z.int().min(1).max(36_500)
const changeSchema = z.strictObject({
  trustedHosts: z.array(hostPatternSchema).max(1_000).optional(),
  privateHosts: z
    .array(z.string().regex(/^[a-z0-9.[\]:-]+:\d{1,5}$/, 'a private host is given with its port: git.lan:3000'))
    .max(1_000)
    .optional(),
  maxLiveRuns: z.int().min(0).max(10_000).nullable().optional(),
  retentionDays: z.strictObject({ events: days, artifacts: days }).optional(),
  maxArtifactMib: z.int().min(1).max(1_048_576).optional(),
  defaultAgent: nameSchema.nullable().optional(),
})

/** The organisation's settings; what was never changed is the default. */
export async function readSettings(
  { orgId }: { readonly orgId: OrgId },
  { db }: { db: Queryable },
): Promise<SettingsBody> {
  return { ...DEFAULT_SETTINGS, ...(await findSettings(db, { orgId })) }
}

/** Changes what is named and leaves the rest. Fault `input.invalid` names the field. */
export async function writeSettings(
  { orgId }: Actor,
  change: Partial<SettingsBody>,
  deps: Pick<EngineDeps, 'db' | 'now'>,
): Promise<SettingsBody> {
  const parsed = changeSchema.safeParse(change)
  if (!parsed.success) throw inputFault(parsed.error)
  const merged = await mergeSettings(deps.db, { orgId, change: definedOnly(parsed.data), now: deps.now() })
  return { ...DEFAULT_SETTINGS, ...merged }
}

function definedOnly(change: z.infer<typeof changeSchema>): Partial<SettingsBody> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
}
