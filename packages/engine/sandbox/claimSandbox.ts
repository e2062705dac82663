import { randomBytes } from 'node:crypto'
import type { HostedProgram, RunSpec, SandboxClaim, SandboxFailure } from '@errand/contracts'
import { claimInstanceToken, claimToken, failSandboxRow, findSandbox, noteWall } from '@errand/store'
import type { EngineDeps } from '../deps.ts'
import { wakeRuns } from '../run/leases.ts'
import { hashOfToken, specOfClaimed } from '../run/runToken.ts'

type Deps = Pick<EngineDeps, 'db' | 'now'>

export type SandboxClaimAnswer =
  /** `spec` of its run; `program`: what it runs, where it is for no run. */
  | { readonly kind: 'granted'; readonly token: string; readonly spec?: RunSpec; readonly program?: HostedProgram }
  /** No run has it yet. */
  | { readonly kind: 'wait' }
  /** Not in the table, or not with this uid: the cluster may not have said so yet. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'taken' }
  | { readonly kind: 'dismissed' }

/**
 * A pod that has proven its wall asks for the token of the run it was made for, or given to. The token is made here,
 * handed out once, and taken from this address alone. Where the answer was lost, the same pod gets another in its
 * place, until its runner has reported.
 */
export async function claimSandbox(
  claim: SandboxClaim & { readonly address: string },
  deps: Deps,
): Promise<SandboxClaimAnswer> {
  // Mostly it is granted, and this is all that it takes.
  return (await grantRun(claim, deps)) ?? (await otherAnswer(claim, deps))
}

async function otherAnswer(
  { name, uid, wall, address }: SandboxClaim & { readonly address: string },
  deps: Deps,
): Promise<SandboxClaimAnswer> {
  const row = await findSandbox(deps.db, name)
  if (row === undefined || row.uid !== uid) return { kind: 'unknown' }
  // A hosted server is reached where its pod is: only the cluster says that.
  if (row.instanceId !== null && row.podAddress === null) return { kind: 'unknown' }
  if (row.claimedAt !== null && row.claimedFrom !== address) return { kind: 'taken' }
  if (row.dismissedAt !== null || row.failure !== null) return { kind: 'dismissed' }
  if (row.provenAt === null) await noteWall(deps.db, { id: name, uid, wall, now: deps.now() })
  if (row.instanceId !== null) {
    const { token, input } = newToken({ name, uid, address }, deps)
    const program = await claimInstanceToken(deps.db, input)
    return program === undefined ? { kind: 'taken' } : { kind: 'granted', token, program }
  }
  // It got its run a moment ago.
  if (row.runId !== null && row.claimedAt === null)
    return (await grantRun({ name, uid, wall, address }, deps)) ?? { kind: 'dismissed' }
  // Its runner has the token and is at work.
  return { kind: row.runId === null ? 'wait' : 'taken' }
}

/**
 * Where a claim does not come from the address of its pod, whoever looks after the run is asked so much later, who knows whether pods
 * hide behind their node, and ends it if not. A start that others wait for too is not held up by it.
 */
const DOUBT_MS = 500

interface Claimant {
  readonly name: string
  readonly uid: string
  readonly address: string
}

/** Undefined where it has no run, or not one that may still begin. */
async function grantRun(
  { wall, ...claimant }: Claimant & Pick<SandboxClaim, 'wall'>,
  deps: Deps,
): Promise<SandboxClaimAnswer | undefined> {
  const { token, input } = newToken(claimant, deps)
  const doubtAt = new Date(input.now.getTime() + DOUBT_MS)
  const claimed = await claimToken(deps.db, { ...input, wall, doubtAt })
  return claimed && { kind: 'granted', token, spec: specOfClaimed(claimed, input.hash) }
}

function newToken({ name, uid, address }: Claimant, { now }: Pick<Deps, 'now'>) {
  const token = randomBytes(32).toString('base64url')
  return { token, input: { id: name, uid, address, now: now(), hash: hashOfToken(token) } }
}

/** A pod says that it will never run anything. `known` is false where no such sandbox waits for its claim. */
export async function failSandbox(
  { name, uid, code, detail }: SandboxFailure,
  deps: Deps,
): Promise<{ readonly known: boolean }> {
  const failed = await failSandboxRow(deps.db, { id: name, uid, failure: { code, detail } })
  if (failed !== undefined && failed.runId !== null) await wakeRuns([failed.runId], deps)
  return { known: failed !== undefined }
}
