import type { RunFaultCode } from '@errand/contracts'
import type { Waiting } from '@errand/domain'
import type { Event, Job, Pod } from '../objects.ts'
import { QUEUE_LABEL } from '../manifests/labels.ts'
import { imageOf, lastOf, timeOf } from './events.ts'
import { words } from './words.ts'

/** What the kubelet calls it when a container is not there yet, and what that is to us. */
const CONTAINER_REASONS: Readonly<Record<string, RunFaultCode>> = {
  ErrImagePull: 'image.unusable',
  ImagePullBackOff: 'image.unusable',
  InvalidImageName: 'image.unusable',
  ErrImageNeverPull: 'image.unusable',
  ImageInspectError: 'image.unusable',
  RegistryUnavailable: 'image.unusable',
  SignatureValidationFailed: 'image.unusable',
  CreateContainerConfigError: 'sandbox.start-error',
  CreateContainerError: 'sandbox.start-error',
  RunContainerError: 'sandbox.start-error',
}

/** What a pod that has no process yet waits for. Null: for nothing that we know of. */
export function podWaitsFor({ status = {} }: Pod, events: readonly Event[]): Waiting | null {
  const { conditions = [], initContainerStatuses = [], containerStatuses = [] } = status
  const scheduled = conditions.find(({ type }) => type === 'PodScheduled')
  if (scheduled?.status === 'False')
    return {
      code: scheduled.reason === 'SchedulingGated' ? 'cluster.queue' : 'cluster.unschedulable',
      detail: words(scheduled.message),
    }
  for (const { state } of [...initContainerStatuses, ...containerStatuses]) {
    const code = CONTAINER_REASONS[state?.waiting?.reason ?? '']
    if (code !== undefined) return { code, detail: words(state?.waiting?.message ?? state?.waiting?.reason) }
  }
  return waitsByEvents(events)
}

/** Before there is a container, the status says no more than that it is being made. */
function waitsByEvents(events: readonly Event[]): Waiting | null {
  const failed = lastOf(events, 'FailedCreatePodSandBox', 'FailedMount', 'FailedAttachVolume')
  const progress = lastOf(events, 'Pulling', 'Pulled')
  if (failed !== null && (progress === null || timeOf(failed) > timeOf(progress)))
    return { code: 'sandbox.start-error', detail: words(failed.message) }
  const pulling = events.filter(({ reason }) => reason === 'Pulling').find((event) => !hasArrived(event, events))
  return pulling === undefined ? null : { code: 'image.slow', detail: words(pulling.message) }
}

function hasArrived(pulling: Event, events: readonly Event[]): boolean {
  const isIt = (event: Event) => event.reason === 'Pulled' && imageOf(event) === imageOf(pulling)
  return events.some((event) => isIt(event) && timeOf(event) >= timeOf(pulling))
}

/** What a Job that has made no pod waits for. */
export function jobWaitsFor({ metadata, spec }: Job, events: readonly Event[]): Waiting | null {
  if (spec?.suspend === true) {
    const queue = metadata?.labels?.[QUEUE_LABEL]
    if (queue === undefined) return { code: 'cluster.queue', detail: 'Its Job is suspended.' }
    const why = lastOf(events, 'Pending')
    return { code: 'cluster.queue', detail: `Its queue is ${queue}${why === null ? '.' : `: ${words(why.message)}`}` }
  }
  const refused = lastOf(events, 'FailedCreate')
  return refused === null ? null : { code: refusalCode(refused.message ?? ''), detail: words(refused.message) }
}

function refusalCode(message: string): RunFaultCode {
  // A quota that was made just now is not counted yet.
  if (/exceeded quota|status unknown for quota/.test(message)) return 'cluster.quota'
  // Not a no: the API, or what it asks before it says yes, is out of order or not there yet, and the Job tries again.
  if (message.includes('error looking up service account')) return 'cluster.unreachable'
  return /is forbidden|denied the request|is invalid/.test(message) ? 'cluster.denied' : 'cluster.unreachable'
}
