import { createHash } from 'node:crypto'
import type { OrgId } from '@errand/contracts'
import type { Job, Pod } from '../objects.ts'
import type { ClusterConfig, SandboxShape } from '../clusterConfig.ts'
import { MANAGED_BY, ORG_LABEL, QUEUE_LABEL, SANDBOX_LABEL, SHAPE_LABEL } from './labels.ts'
import { sandboxPod } from './sandboxPod.ts'

export interface SandboxJob {
  /** Also the Job's: at most 63 characters. */
  readonly name: string
  readonly orgId: OrgId
  readonly shape: SandboxShape
  /** After which the cluster ends it, should Errand not: later than any deadline of Errand's own. */
  readonly deadlineSeconds: number
  /** More of them, on Job and pod. */
  readonly labels?: Readonly<Record<string, string>>
  /** Its pod is made by us, with `podOfJob`, but where a queue lets it go. Else by the cluster. */
  readonly isPodOurs?: boolean
}

/** Of a Job with this, the cluster's own Job controller keeps off. Clusters before 1.32 leave it out. */
const POD_BY_ERRAND = 'errand.run/controller'

/** Errand removes what has ended; this is for when it cannot. Until then it may still want to know how it ended. */
const TTL_SECONDS = 3600

/** One sandbox: a Job that makes one pod, once. */
export function sandboxJob(input: SandboxJob, config: ClusterConfig): Job {
  const { name, orgId, shape, deadlineSeconds } = input
  const labels = {
    ...input.labels,
    ...MANAGED_BY,
    [ORG_LABEL]: orgId,
    [SANDBOX_LABEL]: name,
    [SHAPE_LABEL]: shapeKey(shape, config),
  }
  const isQueued = config.queue !== undefined
  const isOurs = !isQueued && input.isPodOurs === true
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace: config.namespace,
      labels: isQueued ? { ...labels, [QUEUE_LABEL]: config.queue } : labels,
    },
    spec: {
      completions: 1,
      parallelism: 1,
      // A run that has begun is never begun again: what it did outside stays done.
      backoffLimit: 0,
      podReplacementPolicy: 'Failed',
      activeDeadlineSeconds: deadlineSeconds,
      ttlSecondsAfterFinished: TTL_SECONDS,
      // Kueue lets it go when its turn comes.
      ...(isQueued ? { suspend: true } : {}),
      ...(isOurs ? { managedBy: POD_BY_ERRAND } : {}),
      template: { metadata: { labels, annotations: STAY }, spec: sandboxPod(name, shape, config) },
    },
  }
}

/** Whether its pod is made by us, and by nobody if not by us. `job`: as the cluster has it. */
export function isPodOurs({ spec }: Job): boolean {
  return spec?.managedBy === POD_BY_ERRAND
}

/**
 * The one pod of a Job whose pod is ours to make, as the cluster's Job controller would make it, and of the Job's name: whoever
 * asks for it a second time is told that there is one.
 */
export function podOfJob({ metadata, spec }: Job): Pod {
  const { name = '', namespace, uid = '' } = metadata ?? {}
  const { template, activeDeadlineSeconds } = spec ?? { template: {} }
  const owner = { apiVersion: 'batch/v1', kind: 'Job', name, uid, controller: true }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...template.metadata,
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ownerReferences: [owner],
    },
    spec: {
      containers: [],
      ...template.spec,
      // Nobody else ends it then.
      ...(activeDeadlineSeconds === undefined ? {} : { activeDeadlineSeconds }),
    },
  }
}

/** Those that make nodes fewer leave one alone on which a run is at work. */
const STAY = {
  'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false',
  'karpenter.sh/do-not-disrupt': 'true',
}

/** Sandboxes with the same key differ in nothing but their name: a run of one fits the other. */
export function shapeKey(shape: SandboxShape, config: ClusterConfig): string {
  const pod = JSON.stringify([sandboxPod('', shape, config), config.namespace, config.queue])
  return createHash('sha256').update(pod).digest('hex').slice(0, 16)
}
