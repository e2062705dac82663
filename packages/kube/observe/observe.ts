import type { Seen } from '@errand/domain'
import type { Event, Job, Pod } from '../objects.ts'

export function observe({ job, pod }: { job: Job | null; pod: Pod | null; events: readonly Event[]; now: Date }): Seen {
  if (job === null) return { kind: 'nothing' }
  const since = new Date(String(job.metadata?.creationTimestamp ?? 0))
  if (pod === null) return { kind: 'running', since }
  const status = pod.status?.containerStatuses?.[0]
  const ended = status?.state?.terminated
  if (ended !== undefined)
    return { kind: 'exited', exitCode: ended.exitCode, isOutOfMemory: ended.reason === 'OOMKilled' }
  return { kind: 'running', since }
}
