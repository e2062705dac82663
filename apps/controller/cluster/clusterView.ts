import { setTimeout as delay } from 'node:timers/promises'
import type { Seen } from '@errand/domain'
import {
  type Event,
  type Informer,
  type Job,
  jobOfWorkload,
  keptOfJob,
  keptOfPod,
  type KubeClient,
  type Observed,
  observe,
  type Pod,
  READ_EVENTS,
  SANDBOX_LABEL,
} from '@errand/kube'

const GONE_MS = 60_000

/** What the cluster says of our namespace, kept up to date by watches. */
export class ClusterView {
  /** Every Job and pod is known. */
  readonly synced: Promise<unknown>
  /** So is what was said of them. An hour of many runs says a lot, so only those wait for it whom nothing else helps. */
  readonly heard: Promise<unknown>
  readonly #now: () => Date
  readonly #jobs = new Map<string, Job>()
  readonly #pods = new Map<string, Pod>()
  /** Sandboxes by the name of their pod. */
  readonly #sandboxes = new Map<string, string>()
  /** Pods that are gone while their Job is not, as they were at the last: why they went is told nowhere else. */
  readonly #lastPods = new Map<string, Pod>()
  readonly #events = new Map<string, Map<string, Event>>()
  /** What was made of it all the last time, until something of it changes. */
  readonly #seen = new Map<string, Seen>()
  readonly #informers: readonly Pick<Informer<'Job'>, 'synced' | 'trouble' | 'close'>[]
  readonly #listeners = new Set<(name: string) => void>()
  readonly #waiters = new Map<string, Set<() => void>>()
  /** Sandboxes that this very process has begun. */
  readonly #own = new Set<string>()

  constructor({ client, namespace, now }: { client: KubeClient; namespace: string; now: () => Date }) {
    this.#now = now
    const ours = { namespace, labelSelector: SANDBOX_LABEL }
    const jobs = client.watch('Job', ours, {
      kept: keptOfJob,
      changed: (job) => this.#keep(this.#jobs, nameOf(job), job),
      deleted: (job) => this.#forget(this.#jobs, nameOf(job)),
    })
    const pods = client.watch('Pod', ours, {
      kept: keptOfPod,
      changed: (pod) => {
        this.#sandboxes.set(pod.metadata?.name ?? '', nameOf(pod))
        this.#keep(this.#pods, nameOf(pod), pod)
      },
      deleted: (pod) => this.#forgetPod(pod),
    })
    const events = client.watch(
      'Event',
      { namespace, fieldSelector: READ_EVENTS },
      { changed: (event) => this.#hear(event), deleted: (event) => this.#forgetEvent(event) },
    )
    this.#informers = [jobs, pods, events]
    this.synced = Promise.all([jobs.synced, pods.synced])
    this.heard = events.synced
  }

  job(name: string): Job | null {
    return this.#jobs.get(name) ?? null
  }

  pod(name: string): Pod | null {
    return this.#pods.get(name) ?? null
  }

  /** Of every sandbox that the cluster has something of. */
  names(): readonly string[] {
    return [...new Set([...this.#jobs.keys(), ...this.#pods.keys()])]
  }

  /** `job`: as just read, where the watch may not have told of it yet. `isPodGone`: see `observe`. */
  seen(name: string, job: Job | null = this.job(name), { isPodGone = false } = {}): Seen {
    const isKnownJob = job === this.job(name) && !isPodGone
    const known = isKnownJob ? this.#seen.get(name) : undefined
    if (known !== undefined) return known
    const pod = this.pod(name)
    const seen = this.#observe(name, { job, pod, isPodGone })
    // What is being taken away counts as lost after a while, by the clock alone.
    if (isKnownJob && pod !== null && pod.metadata?.deletionTimestamp === undefined) this.#seen.set(name, seen)
    return seen
  }

  #observe(name: string, { job, pod, isPodGone }: Required<Pick<Observed, 'job' | 'pod' | 'isPodGone'>>): Seen {
    const subjects = [`Job/${name}`, `Workload/${name}`, ...(pod === null ? [] : [`Pod/${pod.metadata?.name ?? ''}`])]
    // Of a pod that went while nobody watched, its events are what is left.
    const isOver = pod === null && job?.status?.conditions !== undefined
    if (isOver) subjects.push(...[...this.#events.keys()].filter((subject) => subject.startsWith(`Pod/${name}-`)))
    if (isPodGone) subjects.push(`Pod/${name}`)
    const events = subjects.flatMap((subject) => [...(this.#events.get(subject)?.values() ?? [])])
    return observe({ job, pod, isPodGone, lastPod: this.#lastPods.get(name) ?? null, events, now: this.#now() })
  }

  /** This process makes it, or gives it its run: of several controllers it is the one that looks after it. */
  own(name: string): void {
    this.#own.add(name)
  }

  isOwn(name: string): boolean {
    return this.#own.has(name)
  }

  isGone(name: string): boolean {
    return !this.#jobs.has(name) && !this.#pods.has(name)
  }

  /** Since when nothing is heard of the cluster, and why. */
  trouble(): { readonly since: Date; readonly error: Error } | null {
    return this.#informers.map((informer) => informer.trouble()).find((one) => one !== null) ?? null
  }

  /** Told of each change of a sandbox's Job, pod or events. */
  onChange(listener: (name: string) => void): { close(): void } {
    this.#listeners.add(listener)
    return { close: () => this.#listeners.delete(listener) }
  }

  /** Resolves when neither Job nor pod of it is left; rejects after a minute. */
  async gone(name: string): Promise<void> {
    const until = new AbortController()
    const waiters = this.#waiters.get(name) ?? new Set()
    this.#waiters.set(name, waiters)
    const isGone = new Promise<void>((resolve) => waiters.add(resolve))
    const timeout = delay(GONE_MS, 'late' as const, { signal: until.signal })
    try {
      this.#tellGone(name)
      const first = await Promise.race([isGone, timeout])
      if (first === 'late') throw new Error(`${name} is still there ${GONE_MS / 1000} s after it was deleted`)
    } finally {
      until.abort()
      // Aborted just now.
      timeout.catch(() => undefined)
      if (waiters.size === 0) this.#waiters.delete(name)
    }
  }

  close(): void {
    for (const informer of this.#informers) informer.close()
    this.#listeners.clear()
  }

  #keep<T>(kept: Map<string, T>, name: string, object: T): void {
    kept.set(name, object)
    this.#tell(name)
  }

  #forget<T>(kept: Map<string, T>, name: string): void {
    kept.delete(name)
    if (kept === this.#jobs) {
      this.#events.delete(`Job/${name}`)
      this.#events.delete(`Workload/${name}`)
      this.#lastPods.delete(name)
    }
    this.#tellGone(name)
    this.#tell(name)
    if (this.isGone(name)) this.#own.delete(name)
  }

  /** A Job has one pod; should an older one go late, the newer stays. */
  #forgetPod(pod: Pod): void {
    const name = nameOf(pod)
    this.#seen.delete(name)
    this.#sandboxes.delete(pod.metadata?.name ?? '')
    this.#events.delete(`Pod/${pod.metadata?.name ?? ''}`)
    if (this.pod(name)?.metadata?.uid !== pod.metadata?.uid) return
    if (this.#jobs.has(name)) this.#lastPods.set(name, pod)
    this.#forget(this.#pods, name)
  }

  #hear(event: Event): void {
    const subject = subjectOf(event)
    const heard = this.#events.get(subject) ?? new Map<string, Event>()
    heard.set(event.metadata?.uid ?? '', event)
    this.#events.set(subject, heard)
    const sandbox = this.#sandboxOf(subject)
    if (sandbox !== undefined) this.#tell(sandbox)
  }

  #forgetEvent(event: Event): void {
    const subject = subjectOf(event)
    const heard = this.#events.get(subject)
    heard?.delete(event.metadata?.uid ?? '')
    if (heard?.size === 0) this.#events.delete(subject)
    const sandbox = this.#sandboxOf(subject)
    if (sandbox !== undefined) this.#seen.delete(sandbox)
  }

  #sandboxOf(subject: string): string | undefined {
    const [kind, name = ''] = subject.split('/')
    return kind === 'Pod' ? this.#sandboxes.get(name) : name
  }

  #tell(name: string): void {
    this.#seen.delete(name)
    for (const listener of this.#listeners) listener(name)
  }

  #tellGone(name: string): void {
    if (!this.isGone(name)) return
    for (const resolve of this.#waiters.get(name) ?? []) resolve()
    this.#waiters.delete(name)
  }
}

function nameOf(object: Job | Pod): string {
  return object.metadata?.labels?.[SANDBOX_LABEL] ?? ''
}

/** Kueue's Workload of a Job goes by the Job's name. */
function subjectOf({ involvedObject: { kind = '', name = '' } }: Event): string {
  return `${kind}/${kind === 'Workload' ? (jobOfWorkload(name) ?? name) : name}`
}
