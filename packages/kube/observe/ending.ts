import type { RunFaultCode } from '@errand/contracts'
import type { Seen } from '@errand/domain'
import type { Event, Job, Pod } from '../objects.ts'
import { lastOf } from './events.ts'
import { words } from './words.ts'

type Exited = Extract<Seen, { kind: 'exited' }>
interface Why {
  readonly code: RunFaultCode
  readonly detail: string
}

/** The conditions under which the cluster takes a pod away, by their reason. */
const DISRUPTIONS: Readonly<Record<string, RunFaultCode>> = {
  DeletionByTaintManager: 'sandbox.node-gone',
  DeletionByPodGC: 'sandbox.node-gone',
  EvictionByEvictionAPI: 'sandbox.evicted',
  PreemptionByScheduler: 'sandbox.evicted',
  TerminationByKubelet: 'sandbox.evicted',
}
/** Of the pod as a whole. */
const POD_REASONS: Readonly<Record<string, RunFaultCode>> = {
  DeadlineExceeded: 'run.deadline',
  Evicted: 'sandbox.evicted',
  Preempting: 'sandbox.evicted',
  NodeLost: 'sandbox.node-gone',
  NodeShutdown: 'sandbox.node-gone',
  Shutdown: 'sandbox.node-gone',
  // How a kubelet says that its machine is being shut down.
  Terminated: 'sandbox.node-gone',
  NodeAffinity: 'cluster.unschedulable',
  UnexpectedAdmissionError: 'cluster.unschedulable',
}
/** What a kubelet says that cannot find a container: its machine began anew, or its pod was taken away before it was there. */
const NOT_FOUND = 'ContainerStatusUnknown'
/** Of the runner's container. */
const CONTAINER_REASONS: Readonly<Record<string, RunFaultCode>> = {
  StartError: 'sandbox.start-error',
  ContainerCannotRun: 'sandbox.start-error',
  [NOT_FOUND]: 'sandbox.node-gone',
}

const EXITED = { kind: 'exited', exitCode: null, isOutOfMemory: false } as const

/** By SIGKILL or SIGTERM. */
const KILLED: readonly number[] = [137, 143]

/** How a pod ended that is over, or of which nobody will hear again. */
export function endOfPod(pod: Pod, job: Job | null, { isLost }: { readonly isLost: boolean }): Exited {
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {}
  const ends = [...initContainerStatuses, ...containerStatuses].map(({ state }) => state?.terminated)
  // The first that failed: what came after it was never started.
  const end = ends.find((each) => each !== undefined && each.exitCode !== 0) ?? containerStatuses[0]?.state?.terminated
  const exitCode = end?.exitCode ?? null
  const isOutOfMemory = end?.reason === 'OOMKilled'
  if (isOutOfMemory) return { kind: 'exited', exitCode, isOutOfMemory }
  const why = whyOfPod(pod, job, isLost) ?? whyOfContainer(pod)
  if (why !== null) return { kind: 'exited', exitCode, isOutOfMemory, ...why }
  const lastWords = words(end?.message)
  const detail = `The sandbox ended with exit code ${exitCode}: ${lastWords}`
  return { kind: 'exited', exitCode, isOutOfMemory, ...(exitCode === 0 || lastWords === '' ? {} : { detail }) }
}

function whyOfPod({ metadata, status = {} }: Pod, job: Job | null, isLost: boolean): Why | null {
  if (isPastDeadline(job)) return { code: 'run.deadline', detail: 'The cluster ended it.' }
  const { reason = '', message } = status
  const code = POD_REASONS[reason] ?? (reason.startsWith('OutOf') ? 'cluster.unschedulable' : undefined)
  if (code !== undefined) return { code, detail: words(message ?? reason) }
  const disruption = status.conditions?.find(({ type, status: is }) => type === 'DisruptionTarget' && is === 'True')
  const disrupted = DISRUPTIONS[disruption?.reason ?? '']
  if (disrupted !== undefined) return { code: disrupted, detail: words(disruption?.message) }
  if (isLost) return { code: 'sandbox.node-gone', detail: 'The node does not say what became of the pod.' }
  if (metadata?.deletionTimestamp === undefined || job === null) return null
  if (job.spec?.suspend === true) return { code: 'sandbox.evicted', detail: 'Its Job was suspended.' }
  // Errand deletes the Job and leaves its pod to the cluster.
  return { code: 'sandbox.deleted', detail: `Pod ${metadata.name ?? ''}.` }
}

function whyOfContainer({ metadata, status = {} }: Pod): Why | null {
  const isGoing = metadata?.deletionTimestamp !== undefined
  const init = status.initContainerStatuses?.find(({ state }) => (state?.terminated?.exitCode ?? 0) !== 0)
  const tools = init?.state?.terminated
  if (isGoing && wasCutOff(tools)) return null
  if (tools !== undefined)
    return { code: 'sandbox.start-error', detail: `The tools were not copied: ${words(tools.message ?? tools.reason)}` }
  const end = status.containerStatuses?.[0]?.state?.terminated
  if (isGoing && end?.reason === NOT_FOUND) return null
  const code = CONTAINER_REASONS[end?.reason ?? '']
  if (code !== undefined) return { code, detail: words(end?.message ?? end?.reason) }
  // Some runtimes have started a container when they find that its program cannot be.
  if (/^exec \S+: /.test(end?.message ?? '')) return { code: 'sandbox.start-error', detail: words(end?.message) }
  return whyByLastWords(end?.message)
}

/** Its end is that of its pod, which is being taken away. */
function wasCutOff(end: { readonly reason?: string; readonly exitCode: number } | undefined): boolean {
  return end !== undefined && (end.reason === NOT_FOUND || KILLED.includes(end.exitCode))
}

/** A runner that cannot reach the gateway has no other way to say why it ended. */
function whyByLastWords(message = ''): Why | null {
  const [, which, detail] = /^wall\.(open|blocked): (.*)/s.exec(message) ?? []
  return which === undefined ? null : { code: which === 'open' ? 'wall.open' : 'wall.blocked', detail: words(detail) }
}

/** How a Job ended whose pod is gone: what it was can only be told from what is left. Null: it has not. */
export function endOfJob(job: Job, events: readonly Event[]): Exited | null {
  const { spec, status = {}, metadata } = job
  const is = (type: string) => status.conditions?.some((each) => each.type === type && each.status === 'True') === true
  if (isPastDeadline(job)) return { ...EXITED, code: 'run.deadline', detail: 'The cluster ended it.' }
  if (metadata?.deletionTimestamp !== undefined) return EXITED
  if (spec?.suspend === true && lastOf(events, 'SuccessfulCreate') !== null)
    return { ...EXITED, code: 'sandbox.evicted', detail: 'Its Job was suspended.' }
  const isComplete = is('Complete') || is('SuccessCriteriaMet')
  if (!isComplete && !is('Failed') && !is('FailureTarget')) return null
  // One that ends well when it is told to is complete for the Job, and yet was taken away.
  return endByEvents(events) ?? (isComplete ? { ...EXITED, exitCode: 0 } : endOfGone(events))
}

/** How a pod ended that is gone, whose Job says nothing of it because nobody looks after that but us. */
export function endOfGone(events: readonly Event[]): Exited {
  return endByEvents(events) ?? { ...EXITED, code: 'sandbox.deleted', detail: 'Its pod is gone.' }
}

function endByEvents(events: readonly Event[]): Exited | null {
  const node = lastOf(events, 'TaintManagerEviction', 'NodeNotReady')
  if (node !== null) return { ...EXITED, code: 'sandbox.node-gone', detail: words(node.message) }
  const evicted = lastOf(events, 'Evicted', 'Preempted')
  return evicted === null ? null : { ...EXITED, code: 'sandbox.evicted', detail: words(evicted.message) }
}

function isPastDeadline(job: Job | null): boolean {
  const isIt = ({ type, reason }: { type: string; reason?: string }) =>
    (type === 'Failed' || type === 'FailureTarget') && reason === 'DeadlineExceeded'
  return job?.status?.conditions?.some(isIt) === true
}
