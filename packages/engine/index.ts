export { addArtifact, listArtifacts, openArtifact } from './artifact/artifacts.ts'
export { openInput, putInput } from './artifact/inputs.ts'
export { consumeClaimLink, createClaimLink, readClaimLink, readWaysIn } from './auth/claimLink.ts'
export { listPasskeys, removePasskey, renamePasskey } from './auth/passkeys.ts'
export {
  authenticateSession,
  listSessions,
  requireFreshSession,
  revokeOtherSessions,
  revokeSession,
} from './auth/sessions.ts'
export type { PasskeyView, SessionActor, SessionView, WaysIn } from './auth/types.ts'
export { dropAgentDraft, keepAgentDraft, listVersions, readAgentDraft, readAgentDrafts } from './config/agentDrafts.ts'
export { listAgents, readAgent } from './config/agents.ts'
export { applyDocument } from './config/applyDocument.ts'
export { deleteCredential, findGitCredential, readSealedCredential, setCredentialSecret } from './config/credentials.ts'
export { exportDocuments } from './config/exportDocuments.ts'
export { answerGatewayRequest, requestCredentialTest, takeGatewayRequests } from './config/gatewayRequests.ts'
export { listCredentials } from './config/listCredentials.ts'
export { readSealingPlace } from './config/sealing.ts'
export {
  agentInDocument,
  deleteAgent,
  draftDocument,
  saveAgent,
  saveAgentDocument,
  switchAgent,
} from './config/saveAgent.ts'
export { joinDocuments, splitDocuments } from './config/splitDocuments.ts'
export * from './config/types.ts'
export * from './deps.ts'
export {
  authenticateInstance,
  holdInstances,
  type Instance,
  type InstanceKey,
  type InstanceSight,
  listInstances,
  newInstanceToken,
  noteInstance,
  readInstance,
  beginInstanceLog,
  forgetUnusedInstances,
  isToEnd,
  keepInstanceLog,
  readHostedLog,
  restartHosted,
  stopInstances,
  wantInstance,
} from './mcp/instances.ts'
export {
  type Bundle,
  findBundleOf,
  keepBundle,
  noteHealth,
  prepareInstanceSandbox,
  readSandboxOfInstance,
  sweepBundles,
} from './mcp/instancesOnCluster.ts'
export { keepDraft, listDrafts, readDraft, removeDraft, saveDraft } from './lists/drafts.ts'
export { markAllSeen, markRuns } from './lists/marks.ts'
export { pickWinner, readBatch, readListedRuns, readRunGroup, readRunGroups } from './lists/runGroups.ts'
export { type RunSearch, searchRuns } from './lists/searchRuns.ts'
export * from './lists/types.ts'
export { watchRuns } from './lists/watchRuns.ts'
export { findNewestVersion, type PackageToFind, packageToFindSchema } from './mcp/newestVersion.ts'
export { findKeptHits, keepRegistryHits, searchRegistry } from './mcp/searchRegistry.ts'
export { proveRun } from './boundary/proveRun.ts'
export { withLiveRun } from './boundary/withLiveRun.ts'
export {
  type BoundaryCheck,
  type BoundaryReport,
  type BoundaryView,
  keepBoundaryReport,
  readBoundary,
} from './org/boundary.ts'
export { keepCallback } from './mcp/callback.ts'
export {
  type CallbackOutcome,
  type GrantView,
  readCredentialName,
  readGrant,
  signOut,
  type SignInOffer,
  startSignIn,
  takeCallback,
} from './mcp/signIn.ts'
export {
  aloneWithGrant,
  changeGrant,
  findGrantRow,
  grantAad,
  type GrantChange,
  type GrantId,
  takeGrantsToRefresh,
} from './mcp/grantRows.ts'
export type { GrantDiscovery, GrantPending, McpGrantRow } from '@errand/store'
export { ensureOwner } from './org/ensureOwner.ts'
export { addRepository, listRepositories, readBranches, removeRepository } from './org/repositories.ts'
export { readSettings, writeSettings } from './org/settings.ts'
export { readSpend, type SpendDay } from './org/spend.ts'
export { sweepRetention } from './org/sweepRetention.ts'
export { authenticateApiToken, createToken, listTokens, revokeToken } from './org/tokens.ts'
export * from './org/types.ts'
export {
  beginMcpCalls,
  endMcpCalls,
  listMcpCalls,
  listMcpCallsOfRun,
  type McpCallBegun,
  mayBeDone,
  mcpCallAtHand,
  mcpCallRecord,
  type McpCallRecord,
  type McpCallEnd,
  type McpCallOutcome,
  type McpCallToBegin,
  readMcpActivity,
  readMcpDays,
  type McpCallToRecord,
  withOutcome,
  recordMcpCalls,
} from './mcp/calls.ts'
export { sayGatewayEnds, sayGatewayLives } from './mcp/gatewayLife.ts'
export { listMcpServers, listMcpVersions, readMcpServer, removeMcpServer, saveMcpServer } from './mcp/servers.ts'
export { missingCredential } from './mcp/missingCredential.ts'
export { keepMcpTest, type McpTestOutcome, readServerNow, requestMcpTest, tryMcpTool } from './mcp/testServer.ts'
export { acceptTools, keepTools, type KnownMcpTool, readKnownTools, toolSha256 } from './mcp/tools.ts'
export { type Reseal, resealSecrets } from './config/resealSecrets.ts'
export * from './mcp/types.ts'
export { draftPull, listPulls, openPull, refreshPull } from './pull/pullRequests.ts'
export { readKnownPull, recordPull, recordSight, recordTrouble, takeDuePulls } from './pull/recordPull.ts'
export * from './pull/types.ts'
export { admitNext } from './run/admitNext.ts'
export { allowHost, type HostPermission } from './run/allowHost.ts'
export { answerQuestion, type QuestionAnswer } from './run/answerQuestion.ts'
export { appendEvents, appendHeld, type HeldLog } from './run/appendEvents.ts'
export { appendToMany, type ToldOfRun } from './run/appendToMany.ts'
export { askForHost, type HostQuestion, type HostWord, readHostWord } from './run/hostQuestions.ts'
export { askForTool, type ToolQuestion } from './run/toolQuestions.ts'
export { askForSignIn, settleSignIns, type SignInQuestion } from './run/signInQuestions.ts'
export { controlSeq, readControl } from './run/readControl.ts'
export { cancelRun } from './run/cancelRun.ts'
export { createRun } from './run/createRun.ts'
export { openRunFeed, type RunFeed } from './run/feed.ts'
export { followUpRun, retryRun } from './run/goOn.ts'
export { claimRuns, listLiveRuns, type LiveRun, lookForWork, releaseRun, renewLease, wakeRuns } from './run/leases.ts'
export { cancelRuns, createRuns, retryRuns } from './run/manyRuns.ts'
export { type NewNote, removeNote, sendNote } from './run/notes.ts'
export { preflightRun, type PreflightInput } from './run/preflight.ts'
export { readEvents, watchEvents } from './run/readEvents.ts'
export { type AnswerFact, type HostFact, readRunFacts, type RunFacts } from './run/readRunFacts.ts'
export { listRuns, readRun, type RunPage } from './run/readRun.ts'
export {
  authenticateFinishing,
  authenticateReport,
  authenticateRun,
  issueRunToken,
  readRunSpec,
} from './run/runToken.ts'
export { hearRunner, readHeard } from './run/signOfLife.ts'
export * from './run/types.ts'
export { type PoolShape, readPool } from './sandbox/readPool.ts'
export { claimSandbox, failSandbox, type SandboxClaimAnswer } from './sandbox/claimSandbox.ts'
export {
  addToPool,
  dismissFromPool,
  dropSandbox,
  listPool,
  listSandboxes,
  listShapes,
  noteSandboxPod,
  prepareSandbox,
  readSandbox,
  readSandboxOfRun,
  type SandboxView,
  sweepSandboxes,
  takeWarmSandbox,
  type WantedShape,
  wantShape,
  type WarmShape,
} from './sandbox/sandboxes.ts'
export type { SettingsBody } from '@errand/store'
export { addPastedServer, type AddedServer, readPastedServers } from './mcp/pasted.ts'
