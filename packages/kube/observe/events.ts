import type { Event, Job, Pod } from '../objects.ts'

/** A field selector for the events that are read here: two thirds of a run's are about steps that its pod's status tells as well. */
export const READ_EVENTS = ['Scheduled', 'Created', 'Started', 'Killing', 'Completed']
  .map((reason) => `reason!=${reason}`)
  .join(',')

/** Those about the Job, a pod that it made or its turn in a queue: the caller may have more. */
export function ownEvents(events: readonly Event[], job: Job | null, pod: Pod | null): readonly Event[] {
  const uids = new Set([job?.metadata?.uid, pod?.metadata?.uid])
  // A pod that is gone left its events and not its uid.
  const jobName = job?.metadata?.name ?? ''
  const isPodName = (name: string) =>
    name === jobName || (name.startsWith(`${jobName}-`) && /^[a-z0-9]{5}$/.test(name.slice(jobName.length + 1)))
  const madeAt = Date.parse(job?.metadata?.creationTimestamp ?? '')
  return events.filter((event) => {
    const { kind, uid, name = '' } = event.involvedObject
    if (uid !== undefined && uids.has(uid)) return true
    if (kind === 'Workload') return job !== null && jobOfWorkload(name) === jobName && timeOf(event) >= madeAt
    return pod === null && job !== null && kind === 'Pod' && isPodName(name) && timeOf(event) >= madeAt
  })
}

/** Kueue's own object beside a Job, on which it says why that waits. Null: it is not one of a Job. */
export function jobOfWorkload(name: string): string | null {
  return /^job-(.+)-[0-9a-f]{5}$/.exec(name)?.[1] ?? null
}

/** The last one with such a reason. */
export function lastOf(events: readonly Event[], ...reasons: readonly string[]): Event | null {
  const found = events.filter(({ reason }) => reason !== undefined && reasons.includes(reason))
  return found.toSorted((a, b) => timeOf(a) - timeOf(b)).at(-1) ?? null
}

/** When it happened last, in milliseconds. */
export function timeOf({ lastTimestamp, eventTime, series, metadata }: Event): number {
  return Date.parse(series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '') || 0
}

/** The image that it names. */
export function imageOf({ message }: Event): string {
  return /"([^"]+)"/.exec(message ?? '')?.[1] ?? ''
}
