import { Fault, faultWire, type PullId, type PullText, pullTextSchema, type RunId } from '@errand/contracts'
import { comparePage, forgeOf, formatAuthority, pageOf, pullText } from '@errand/domain'
import { findPull, listPullRows, type PullRow } from '@errand/store'
import * as z from 'zod'
import { findGitCredential } from '../config/credentials.ts'
import { askGatewayFor } from '../config/gatewayRequests.ts'
import type { Actor, EngineDeps } from '../deps.ts'
import { inputFault } from '../inputFault.ts'
import { readBranches } from '../org/repositories.ts'
import { readRun } from '../run/readRun.ts'
import { type PullTarget, pullTarget } from './pullTarget.ts'
import type { PullDraft, PullView } from './types.ts'

type Deps = Pick<EngineDeps, 'db' | 'now' | 'feed'>

/** The host is asked several things, one after the other, each for at most half a minute. */
const OPEN_PATIENCE_MS = 120_000
const LOOK_PATIENCE_MS = 90_000

interface Which {
  readonly runId: RunId
  /** Absent: the first whose work was pushed to a host. */
  readonly repository?: string | undefined
}

/**
 * What a pull request for a run would say, from what came of it. `address`: where people reach this Errand. Faults:
 * those of `pullTarget`.
 */
export async function draftPull(
  actor: Actor,
  { address: home, ...which }: Which & { readonly address: string },
  deps: Deps,
): Promise<PullDraft> {
  const target = await pullTarget(actor, which, deps)
  const { run, repository, branch, address, repositories, changes } = target
  const { sentence, verdict, evidence } = run.state
  const runUrl = `${home}/runs/${run.id}`
  const base = target.base ?? (await defaultBranch(actor, repository, deps))
  const forge = await saidForge(actor, target, deps)
  const byHandUrl =
    base === null || forge === undefined || forge === 'none' ? null : comparePage({ forge, address, base, branch })
  return {
    repository,
    branch,
    base,
    ...pullText({ prompt: run.prompt, sentence, verdict, evidence, changes, runUrl }),
    forge: forge ?? null,
    byHandUrl: byHandUrl ?? pageOf(address),
    repositories,
  }
}

/**
 * Has the gateway open it, or find the one that is there for the branch: asking twice gives the same. Faults: those
 * of `pullTarget`, `pull.…`, `repository.…`, `egress.…`.
 */
export async function openPull(
  actor: Actor,
  { text, ...which }: Which & { readonly text: PullText },
  deps: Deps,
): Promise<PullView> {
  const said = pullTextSchema.safeParse(text)
  if (!said.success) throw inputFault(said.error)
  const { run, repository, branch, base } = await pullTarget(actor, which, deps)
  const ask = { runId: run.id, repository, branch, base, ...said.data, by: actor.userId, byName: actor.name }
  const body = { kind: 'pull.open', ask } as const
  const { id } = await askGatewayFor(
    { orgId: actor.orgId, body, patienceMs: OPEN_PATIENCE_MS, schema: answerSchema },
    deps,
  )
  return readPull(actor, id, deps)
}

/** Looks at it again now. A look that fails is told in `trouble`; what was seen before stays. Fault `pull.unknown`. */
export async function refreshPull(actor: Actor, id: PullId, deps: Deps): Promise<PullView> {
  await readPull(actor, id, deps)
  const body = { kind: 'pull.look', id } as const
  await askGatewayFor({ orgId: actor.orgId, body, patienceMs: LOOK_PATIENCE_MS, schema: answerSchema }, deps)
  return readPull(actor, id, deps)
}

/** Of one run, by repository. Fault `run.unknown`. */
export async function listPulls(actor: Actor, runId: RunId, { db }: Pick<Deps, 'db'>): Promise<readonly PullView[]> {
  await readRun(actor, runId, { db })
  return (await listPullRows(db, { orgId: actor.orgId, runId })).map(toView)
}

const answerSchema = z.object({ id: z.custom<PullId>((value) => typeof value === 'string') })

async function readPull({ orgId }: Actor, id: PullId, { db }: Pick<Deps, 'db'>): Promise<PullView> {
  const row = await findPull(db, { orgId, id })
  if (row === undefined) throw new Fault('pull.unknown')
  return toView(row)
}

/** A draft is worth having without it: whoever opens it is told then what is wrong with the host. */
async function defaultBranch(actor: Actor, repository: string, deps: Deps): Promise<string | null> {
  try {
    return (await readBranches(actor, { repository }, deps)).default
  } catch (error) {
    if (error instanceof Fault) return null
    throw error
  }
}

async function saidForge({ orgId }: Actor, { address }: PullTarget, { db }: Pick<Deps, 'db'>) {
  const { host, port } = address.target
  const named = formatAuthority(address.target)
  const credential =
    (await findGitCredential({ orgId, host: named }, { db })) ??
    (port === 443 || port === 80 ? await findGitCredential({ orgId, host }, { db }) : null)
  return forgeOf(address, credential?.spec.type === 'git' ? credential.spec.forge : undefined)
}

function toView(row: PullRow): PullView {
  const { trouble, createdAt, createdByName, seenAt } = row
  return {
    id: row.id,
    runId: row.runId,
    repository: row.repository,
    forge: row.forge,
    number: row.number,
    url: row.url,
    title: row.title,
    branch: row.branch,
    base: row.base,
    state: row.state,
    checks: row.checks,
    openedBy: createdByName,
    openedAt: createdAt.toISOString(),
    seenAt: seenAt.toISOString(),
    trouble: trouble === null ? null : troubleOf(trouble),
  }
}

function troubleOf({ code, detail }: NonNullable<PullRow['trouble']>): NonNullable<PullView['trouble']> {
  const { words, remedy } = faultWire(code)
  return { code, words: detail === null ? words : `${words} ${detail}`, remedy }
}
