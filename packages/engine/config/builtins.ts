import { type AgentSpec, agentSpecSchema, newId } from '@errand/contracts'
import { type AgentRow, findAgent, insertAgentVersion, type Queryable } from '@errand/store'
import type { Actor } from '../deps.ts'
import { canonicalJson } from './canonicalJson.ts'

export const DEMO_AGENT = 'demo'
export const DEFAULT_AGENT = 'default'
/** The credential that is none: the fixed script inside the gateway. */
export const DEMO_CREDENTIAL = 'demo'
export const DEMO_REPOSITORY = 'local/demo'

/** What every organisation starts with. Once somebody changes one it is his, and is left alone. */
const BUILTINS: Readonly<Record<string, AgentSpec>> = {
  [DEMO_AGENT]: agentSpecSchema.parse({
    runtime: 'claude-code',
    description: 'Shows a whole run without any key: a fixed script, not a language model, mends the demo repository.',
    credential: DEMO_CREDENTIAL,
    repositories: [{ repository: DEMO_REPOSITORY }],
    verify: 'npm test',
    network: 'none',
  }),
  [DEFAULT_AGENT]: agentSpecSchema.parse({
    runtime: 'claude-code',
    description: 'Claude Code on whatever the prompt says.',
    credential: DEMO_CREDENTIAL,
  }),
  shell: agentSpecSchema.parse({
    runtime: 'script',
    description: 'Runs the prompt as a shell script, without a model.',
  }),
}

export const BUILTIN_NAMES: readonly string[] = Object.keys(BUILTINS)

/** Adds what is missing and renews what came with an older Errand. Returns the names that are new. */
export async function ensureBuiltins(q: Queryable, actor: Actor, now: Date): Promise<readonly string[]> {
  const added: string[] = []
  for (const [name, spec] of Object.entries(BUILTINS)) {
    const row = await findAgent(q, { orgId: actor.orgId, name })
    if (row === undefined) {
      const id = newId('agent', now)
      const version = {
        id,
        orgId: actor.orgId,
        name,
        version: 1,
        spec,
        source: null,
        isBuiltin: true,
        createdBy: actor.userId,
        now,
      }
      if (await insertAgentVersion(q, version)) added.push(name)
      continue
    }
    // A credential that was taken over by the default agent stays.
    const wanted =
      row.spec.runtime === 'claude-code' && spec.runtime === 'claude-code'
        ? { ...spec, credential: row.spec.credential }
        : spec
    await renew(q, { actor, row, spec: wanted, now })
  }
  return added
}

/**
 * The default agent asks the demo model until there is another one, and again when that is taken away. Only as long
 * as nobody has made the agent his own.
 */
export async function pointDefaultAgent(
  q: Queryable,
  { actor, from, to, now }: { actor: Actor; from: string; to: string; now: Date },
): Promise<void> {
  const row = await findAgent(q, { orgId: actor.orgId, name: DEFAULT_AGENT })
  if (row?.spec.runtime !== 'claude-code' || row.spec.credential !== from) return
  await renew(q, { actor, row, spec: { ...row.spec, credential: to }, now })
}

async function renew(
  q: Queryable,
  { actor, row, spec, now }: { actor: Actor; row: AgentRow; spec: AgentSpec; now: Date },
): Promise<void> {
  if (!row.isBuiltin || row.source !== null || canonicalJson(row.spec) === canonicalJson(spec)) return
  // Whoever was faster wrote the same.
  await insertAgentVersion(q, {
    id: row.id,
    orgId: actor.orgId,
    name: row.name,
    version: row.version + 1,
    spec,
    source: null,
    isBuiltin: true,
    createdBy: actor.userId,
    now,
  })
}
