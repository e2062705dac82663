import type { Seen, Waiting } from '@errand/domain'
import type { Event, Job, Pod } from '../objects.ts'
import { endOfGone, endOfJob, endOfPod } from './ending.ts'
import { ownEvents, timeOf } from './events.ts'
import { placedOf } from './placed.ts'
import { jobWaitsFor, podWaitsFor } from './waiting.ts'

export interface Observed {
  readonly job: Job | null
  readonly pod: Pod | null
  /**
   * As a pod was when it was last seen, when there is none any more. Why it was taken away stands on it alone: a watch's
   * `deleted` gives it.
   */
  readonly lastPod?: Pod | null
  /** There was a pod, there is none, and its Job says nothing of that: see `isPodOurs`. */
  readonly isPodGone?: boolean
  /** Those of its Job and pod; others do no harm. Some troubles are told nowhere else. */
  readonly events: readonly Event[]
  readonly now: Date
}

/** A kubelet that has not said by then that a deleted pod is gone says nothing any more. */
const LOST_AFTER_MS = 15_000

/** What the cluster's objects say of a sandbox: whether it is there, what it waits for, how it ended. */
export function observe({ job, pod, lastPod = null, isPodGone = false, events, now }: Observed): Seen {
  const own = ownEvents(events, job, pod)
  if (pod !== null) return seenPod(pod, job, own, now)
  if (job === null) return { kind: 'nothing' }
  const isGone = lastPod !== null && job.metadata?.uid === lastPod.metadata?.ownerReferences?.[0]?.uid
  if (isGone) return endOfPod(lastPod, job, { isLost: false })
  const end = endOfJob(job, own) ?? (isPodGone ? endOfGone(own) : null)
  return end ?? running(madeAt(job), jobWaitsFor(job, own))
}

function seenPod(pod: Pod, job: Job | null, events: readonly Event[], now: Date): Seen {
  const { phase } = pod.status ?? {}
  const { deletionTimestamp } = pod.metadata ?? {}
  const isLost = deletionTimestamp !== undefined && now.getTime() > Date.parse(deletionTimestamp) + LOST_AFTER_MS
  const placed = placedOf(pod, events)
  if (phase === 'Succeeded' || phase === 'Failed' || isLost) return { ...endOfPod(pod, job, { isLost }), ...placed }
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {}
  const started = [...initContainerStatuses, ...containerStatuses].findLast(({ state }) => state?.running)
  if (started?.state?.running?.startedAt !== undefined)
    return { ...running(Date.parse(started.state.running.startedAt), null), ...placed }
  const waiting = deletionTimestamp === undefined ? podWaitsFor(pod, events) : null
  return { ...running(cameSoFarAt(pod, events), waiting), ...placed }
}

/** When something last went on with a pod that has not started: from then on it may take its time. */
function cameSoFarAt({ metadata, status }: Pod, events: readonly Event[]): number {
  const scheduled = status?.conditions?.find(({ type, status: is }) => type === 'PodScheduled' && is === 'True')
  const steps = events.filter(({ type }) => type === 'Normal').map(timeOf)
  return latest(metadata?.creationTimestamp, scheduled?.lastTransitionTime, ...steps)
}

/** A Job that was let out of a queue has waited; its time begins then. */
function madeAt({ metadata, status }: Job): number {
  return latest(metadata?.creationTimestamp, status?.startTime)
}

function latest(...times: readonly (string | number | undefined)[]): number {
  return Math.max(0, ...times.map((time) => new Date(time ?? 0).getTime()))
}

function running(sinceMs: number, waiting: Waiting | null): Seen {
  const since = new Date(sinceMs)
  return waiting === null ? { kind: 'running', since } : { kind: 'running', since, waiting }
}
