import { createHash, randomBytes } from 'node:crypto'
import { Fault, type RunSpec, type ServerOfRun } from '@errand/contracts'
import { answerMsOf, DEMO_MODEL, onBlockedHostOf } from '@errand/domain'
import {
  type ClaimedTokenRow,
  findGrantByToken,
  findReportByToken,
  type GrantRow,
  readPrompt,
  replaceRunToken,
} from '@errand/store'
import { DEMO_CREDENTIAL } from '../config/builtins.ts'
import type { EngineDeps } from '../deps.ts'
import type { Claim, ReportGrant, RunGrant } from './types.ts'

type Deps = Pick<EngineDeps, 'db'>

const TOKEN = /^[A-Za-z0-9_-]{43}$/

/**
 * A run's token, for its runner alone: 256 random bits, kept as their SHA-256. A new one replaces the old. `fenced`
 * when another holds the run: then its sandbox must not be started either.
 */
export async function issueRunToken(
  { claim }: { claim: Claim },
  deps: Pick<EngineDeps, 'db' | 'now'>,
): Promise<{ readonly kind: 'ok'; readonly token: string } | { readonly kind: 'fenced' }> {
  const { orgId, runId, leaseToken } = claim
  const token = randomBytes(32).toString('base64url')
  const isIssued = await replaceRunToken(deps.db, {
    orgId,
    runId,
    leaseToken,
    hash: hashOfToken(token),
    now: deps.now(),
  })
  return isIssued ? { kind: 'ok', token } : { kind: 'fenced' }
}

/** What a run token opens. Fault `token.invalid`; `token.dead` from the moment the run is over. */
export async function authenticateRun(token: string, deps: Deps): Promise<RunGrant> {
  const row = await findRow(token, deps)
  if (row.isOver) throw new Fault('token.dead')
  return toGrant(row)
}

/**
 * The same, but a run that is over still passes (`isOver`) until its sandbox is gone: for last events that are sent
 * again because their answer was lost, and for control. For nothing else.
 */
export async function authenticateFinishing(token: string, deps: Deps): Promise<RunGrant> {
  const row = await findRow(token, deps)
  if (row.isGone) throw new Fault('token.dead')
  return toGrant(row)
}

/** Whose report a runner's events are, and what is in the run's log so far. Until its sandbox is gone. */
export async function authenticateReport(token: string, deps: Deps): Promise<ReportGrant> {
  const row = TOKEN.test(token) ? await findReportByToken(deps.db, hashOfToken(token)) : undefined
  if (row === undefined) throw new Fault('token.invalid')
  if (row.isGone) throw new Fault('token.dead')
  const { orgId, runId, address: tokenAddress, state, runnerSeq, leaseToken } = row
  return { orgId, runId, tokenAddress, head: { state, runnerSeq, leaseToken } }
}

/** All that a runner is told. */
export async function readRunSpec(grant: RunGrant, deps: Deps): Promise<RunSpec> {
  const prompt = await readPrompt(deps.db, grant)
  if (prompt === undefined) throw new Fault('run.unknown')
  return specOf(grant, prompt)
}

/** The same of a run whose token was handed out just now. */
export function specOfClaimed(row: ClaimedTokenRow, tokenHash: string): RunSpec {
  return specOf(toGrant({ ...row, tokenHash }), row.prompt)
}

function specOf(grant: RunGrant, prompt: string): RunSpec {
  const { runId, agentSpec: agent, repositories, inputs, budgetUsd, deadlineAt, maxArtifactBytes, maxArtifacts } = grant
  return {
    runId,
    prompt,
    runtime:
      agent.runtime === 'script'
        ? { kind: 'script', script: agent.script ?? prompt }
        : {
            kind: 'claude-code',
            model: agent.credential === DEMO_CREDENTIAL ? DEMO_MODEL : (agent.model ?? null),
            systemPrompt: agent.systemPrompt ?? null,
            maxTurns: agent.maxTurns ?? null,
            outputSchema: agent.outputSchema ?? null,
            autonomy: agent.autonomy ?? 'edit',
            allowedTools: agent.allowedTools ?? [],
            ...(grant.mcp.length === 0 ? {} : { mcp: grant.mcp.map((one) => serverOf(one, answerMsOf(agent))) }),
          },
    repositories: [...repositories],
    inputs: [...inputs],
    setup: agent.setup ?? null,
    verify: agent.verify ?? null,
    env: agent.env,
    budgetUsd,
    deadlineAt: deadlineAt.toISOString(),
    noProgressMs: agent.noProgressMinutes * 60_000,
    answerMs: answerMsOf(agent),
    onBlockedHost: onBlockedHostOf(agent),
    maxArtifactBytes,
    maxArtifacts,
  }
}

/** The gateway gives a hosted server five minutes to be there, which may have to be installed first. */
const HOSTED_START_MS = 5.5 * 60_000

/**
 * A call ends at the gateway, with words, and a person may have to be waited for before; the agent's own clock runs out
 * a little later.
 */
function serverOf({ name, spec }: RunGrant['mcp'][number], answerMs: number): ServerOfRun {
  const callMs = (spec.callSeconds + 30) * 1000 + answerMs
  return { server: name, callMs, ...(spec.type === 'hosted' ? { startMs: HOSTED_START_MS } : {}) }
}

type Found = GrantRow & Pick<RunGrant, 'tokenHash'>

async function findRow(token: string, deps: Deps): Promise<Found> {
  const tokenHash = hashOfToken(token)
  const row = TOKEN.test(token) ? await findGrantByToken(deps.db, tokenHash) : undefined
  if (row === undefined) throw new Fault('token.invalid')
  return { ...row, tokenHash }
}

function toGrant(row: Found): RunGrant {
  const { orgId, runId, spec, desired, deadlineAt, isOver, seq, spentUsd, isBudgetReached, isWaiting, talkSeq } = row
  const { agent, repositories, inputs, maxArtifactBytes, maxArtifacts, artifactDays } = spec
  return {
    orgId,
    runId,
    agentSpec: agent,
    network: agent.network,
    hosts: agent.hosts,
    repositories,
    inputs,
    mcp: spec.mcp ?? [],
    credential: agent.runtime === 'claude-code' ? agent.credential : null,
    budgetUsd: agent.runtime === 'claude-code' ? agent.budgetUsd : null,
    spentUsd,
    isBudgetReached,
    desired,
    isOver,
    seq,
    isWaiting,
    talkSeq,
    deadlineAt: new Date(deadlineAt.getTime() + row.waitedMs),
    tokenAddress: row.address,
    tokenHash: row.tokenHash,
    maxArtifactBytes,
    maxArtifacts,
    artifactDays,
  }
}

/** What is kept of a run token. */
export function hashOfToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
