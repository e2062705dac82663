import type { Readable } from 'node:stream'
import { Fault, type Artifact, type ArtifactId, type ArtifactQuery, type CreateRun, type CredentialSpec, type InputFile, type OrgId, type RequestId, type RunEvent, type RunId, type RunSpec, type RunStatus, type TokenId } from '@errand/contracts'
import type { SettingsBody } from '@errand/store'
import type { AgentView, Applied, CredentialView, GatewayAnswer, GatewayRequest, SealedCredential } from './config/types.ts'
import type { Actor, EngineDeps } from './deps.ts'
import type { RepositoryView, TokenView } from './org/types.ts'
import type { RunFeed } from './run/feed.ts'
import type { AppendAnswer, AppendBatch, Claim, ClaimedRun, RunGrant, RunView } from './run/types.ts'

type D = EngineDeps
const pending = <F>() => ((): never => { throw new Fault('internal.error') }) as F

export const createRun = pending<(actor: Actor, input: CreateRun, deps: D) => Promise<{ runId: RunId }>>()
export const cancelRun = pending<(actor: Actor, runId: RunId, deps: D) => Promise<void>>()
export const retryRun = pending<(actor: Actor, runId: RunId, deps: D) => Promise<{ runId: RunId }>>()
export const readRun = pending<(actor: Actor, runId: RunId, deps: D) => Promise<RunView>>()
export const listRuns = pending<(actor: Actor, page: { before?: RunId | undefined; limit: number; status?: readonly RunStatus[] | undefined }, deps: D) => Promise<{ runs: readonly RunView[]; next: RunId | null }>>()
export const readEvents = pending<(actor: { orgId: OrgId }, input: { runId: RunId; after: number; limit: number }, deps: D) => Promise<readonly RunEvent[]>>()
export const watchEvents = pending<(actor: { orgId: OrgId }, input: { runId: RunId; after: number; signal: AbortSignal }, deps: D) => AsyncIterable<RunEvent>>()
export const appendEvents = pending<(batch: AppendBatch, deps: D) => Promise<AppendAnswer>>()
export const claimRuns = pending<(input: { owner: string; leaseMs: number; limit: number }, deps: D) => Promise<readonly ClaimedRun[]>>()
export const renewLease = pending<(input: { claim: Claim; leaseMs: number }, deps: D) => Promise<'ok' | 'fenced'>>()
export const releaseRun = pending<(input: { claim: Claim; lookAgainAt: Date | null }, deps: D) => Promise<'ok' | 'fenced'>>()
/** Call before `claimRuns`: it gives places to waiting runs and makes them due. */
export const admitNext = pending<(deps: D) => Promise<{ admitted: number }>>()
export const issueRunToken = pending<(input: { claim: Claim }, deps: D) => Promise<string>>()
/** Fault `token.invalid`, or `token.dead` as soon as the run is over. */
export const authenticateRun = pending<(token: string, deps: D) => Promise<RunGrant>>()
/** As `authenticateRun`, but a run that is over still passes (`isOver`) until its sandbox is gone: for re-sent last events and for control, nothing else. */
export const authenticateFinishing = pending<(token: string, deps: D) => Promise<RunGrant>>()
export const readRunSpec = pending<(grant: RunGrant, deps: D) => Promise<RunSpec>>()
export const addArtifact = pending<(input: { grant: RunGrant; query: ArtifactQuery; body: Readable }, deps: D) => Promise<Artifact>>()
export const listArtifacts = pending<(actor: { orgId: OrgId }, runId: RunId, deps: D) => Promise<readonly Artifact[]>>()
export const openArtifact = pending<(actor: { orgId: OrgId }, artifactId: ArtifactId, deps: D) => Promise<{ artifact: Artifact; stream(range?: { start: number; end: number }): Promise<Readable> }>>()
export const putInput = pending<(actor: Actor, input: { name: string; body: Readable }, deps: D) => Promise<InputFile>>()
export const openInput = pending<(grant: RunGrant, sha256: string, deps: D) => Promise<{ sizeBytes: number; stream: Readable }>>()
export const applyDocument = pending<(actor: Actor, input: { source: string; secret?: string | undefined }, deps: D) => Promise<Applied>>()
export const exportDocuments = pending<(actor: Actor, input: { kind?: 'Agent' | 'Credential' | undefined; name?: string | undefined }, deps: D) => Promise<string>>()
/** Byte for byte the documents of a YAML stream; `joinDocuments(splitDocuments(text)) === text`. */
export const splitDocuments = pending<(text: string) => readonly string[]>()
export const joinDocuments = pending<(documents: readonly string[]) => string>()
export const listAgents = pending<(actor: Actor, deps: D) => Promise<readonly AgentView[]>>()
export const readAgent = pending<(actor: Actor, name: string, deps: D) => Promise<AgentView & { source: string }>>()
export const listCredentials = pending<(actor: Actor, deps: D) => Promise<readonly CredentialView[]>>()
/** Creates it (`spec`) or gives an existing one a new value, or both. */
export const setCredentialSecret = pending<(actor: Actor, input: { name: string; spec?: CredentialSpec | undefined; secret?: string | undefined }, deps: D) => Promise<Applied>>()
export const deleteCredential = pending<(actor: Actor, name: string, deps: D) => Promise<void>>()
export const requestCredentialTest = pending<(actor: Actor, name: string, deps: D) => Promise<GatewayAnswer>>()
export const readSealedCredential = pending<(input: { orgId: OrgId; name: string }, deps: D) => Promise<SealedCredential | null>>()
export const findGitCredential = pending<(input: { orgId: OrgId; host: string }, deps: D) => Promise<SealedCredential | null>>()
/** Gateway: LISTEN on `CHANNELS.gatewayRequests`, then take what is open; each is given out once. */
export const takeGatewayRequests = pending<(input: { limit: number }, deps: D) => Promise<readonly GatewayRequest[]>>()
export const answerGatewayRequest = pending<(input: { orgId: OrgId; id: RequestId; answer: GatewayAnswer }, deps: D) => Promise<void>>()
export const listRepositories = pending<(actor: { orgId: OrgId }, deps: D) => Promise<readonly RepositoryView[]>>()
export const addRepository = pending<(actor: Actor, input: { name: string }, deps: D) => Promise<RepositoryView>>()
export const removeRepository = pending<(actor: Actor, repository: string, deps: D) => Promise<void>>()
export const listTokens = pending<(actor: Actor, deps: D) => Promise<readonly TokenView[]>>()
export const createToken = pending<(actor: Actor, input: { name: string; expiresAt?: Date | undefined }, deps: D) => Promise<TokenView & { token: string }>>()
export const revokeToken = pending<(actor: Actor, id: TokenId, deps: D) => Promise<void>>()
export const authenticateApiToken = pending<(token: string, deps: D) => Promise<Actor>>()
export const readSettings = pending<(actor: { orgId: OrgId }, deps: D) => Promise<SettingsBody>>()
export const writeSettings = pending<(actor: Actor, change: Partial<SettingsBody>, deps: D) => Promise<SettingsBody>>()
export const ensureOwner = pending<(input: { orgName: string }, deps: D) => Promise<Actor>>()
export const sweepRetention = pending<(deps: D) => Promise<{ events: number; artifacts: number; inputs: number }>>()
export const openRunFeed = pending<(deps: Pick<D, 'db' | 'log'>) => Promise<RunFeed>>()
