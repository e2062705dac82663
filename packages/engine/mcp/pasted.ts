import { Fault, type McpServerSpec, mcpServerSpecSchema } from '@errand/contracts'
import { type Filled, fillDraft, readPasted, type ServerDraft, withNewest, withoutVersion } from '@errand/domain'
import { setCredentialSecret } from '../config/credentials.ts'
import { listCredentials } from '../config/listCredentials.ts'
import type { Actor, EngineDeps } from '../deps.ts'
import { findNewestVersion } from './newestVersion.ts'
import { requireServer } from './requireServer.ts'
import { saveMcpServer } from './servers.ts'

export interface PastedServer {
  /** An address, or what a README says. */
  readonly text: string
  /** It takes a bearer token, though what was pasted says nothing of one. */
  readonly isToken: boolean
  /** A credential that is there already. */
  readonly credential?: string | undefined
}

type LookDeps = Pick<EngineDeps, 'db' | 'now' | 'feed'>

/**
 * The servers in what somebody pasted, each with what it still needs, and with the newest version where it names none. Faults
 * `input.invalid`, `upstream.unreachable`.
 */
export async function readPastedServers(
  actor: Actor,
  pasted: PastedServer,
  deps: LookDeps,
): Promise<readonly ServerDraft[]> {
  return Promise.all(draftsIn(pasted).map((draft) => withNewestVersion(actor, { draft, values: {} }, deps)))
}

function draftsIn({ text, isToken, credential }: PastedServer): readonly ServerDraft[] {
  const pasted = readPasted(text)
  if (pasted.kind === 'unreadable') throw new Fault('input.invalid', pasted.words)
  return pasted.servers.map((draft) => withAccess(draft, { isToken, credential }))
}

async function withNewestVersion(
  actor: Actor,
  { draft, values }: { readonly draft: ServerDraft; readonly values: PastedToAdd['values'] },
  deps: LookDeps,
): Promise<ServerDraft> {
  const wanted = withoutVersion(draft, values)
  if (wanted === null) return draft
  const { version } = await findNewestVersion(actor, wanted, deps)
  return withNewest(draft, version === null ? { kind: 'unknown' } : { kind: 'found', version })
}

export interface PastedToAdd extends PastedServer {
  /** Which of the servers in it. */
  readonly pick: string
  readonly name: string
  /** By input id. */
  readonly values: Readonly<Record<string, string>>
  readonly isPrivate: boolean
}

export interface AddedServer {
  readonly spec: McpServerSpec
  /** Names of those that were made for it. */
  readonly credentials: readonly string[]
}

/** Adds one of them with its credentials. Faults `input.invalid` with what is missing, `mcp.moved-on` for a name in use. */
export async function addPastedServer(
  actor: Actor,
  { pick, name, values, isPrivate, ...pasted }: PastedToAdd,
  deps: Pick<EngineDeps, 'db' | 'now' | 'sealer' | 'feed'>,
): Promise<AddedServer> {
  const found = draftsIn(pasted).find((one) => one.name === pick)
  if (found === undefined) throw new Fault('input.invalid', `No server in it is called ${pick}.`)
  const draft = await withNewestVersion(actor, { draft: found, values }, deps)
  const taken = (await listCredentials(actor, deps)).map((one) => one.name)
  const filled = fillDraft(draft, { name, values, taken })
  if (filled.kind === 'incomplete') throw new Fault('input.invalid', Object.values(filled.problems).join(' '))
  const spec = checkedSpec(draft, filled, isPrivate)
  for (const { name: credential, spec: kind, value } of filled.credentials)
    await setCredentialSecret(
      actor,
      { name: credential, spec: kind, ...(value === null ? {} : { secret: value }) },
      deps,
    )
  await saveMcpServer(actor, { name, spec, baseVersion: 0 }, deps)
  const { spec: saved } = await requireServer(deps.db, { orgId: actor.orgId, name })
  return { spec: saved, credentials: filled.credentials.map((one) => one.name) }
}

const TOKEN = 'token'

function withAccess(draft: ServerDraft, { isToken, credential }: Omit<PastedServer, 'text'>): ServerDraft {
  const { spec } = draft
  if (!isToken && credential === undefined) return draft
  if (spec.type !== 'remote' || (isToken && credential !== undefined))
    throw new Fault('input.invalid', 'A token or a credential is for a remote server, and only one of them.')
  if (credential !== undefined) return { ...draft, spec: { ...spec, access: { kind: 'credential', name: credential } } }
  const input = { id: TOKEN, label: 'Token', isRequired: true, isSecret: true }
  const headers = { ...spec.headers, authorization: `Bearer \${${TOKEN}}` }
  return { ...draft, spec: { ...spec, headers }, inputs: [...draft.inputs, input] }
}

function checkedSpec(
  { description, origin }: ServerDraft,
  { spec }: Extract<Filled, { kind: 'filled' }>,
  isPrivate: boolean,
): McpServerSpec {
  const parsed = mcpServerSpecSchema.safeParse({
    ...spec,
    ...(description === undefined ? {} : { description }),
    ...(origin === undefined ? {} : { origin }),
    ...(spec.type === 'remote' && isPrivate ? { private: true } : {}),
  })
  if (parsed.success) return parsed.data
  const words = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new Fault('input.invalid', `${words.join('. ')}.`)
}
