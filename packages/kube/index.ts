export type { ClusterConfig, GatewayPeer, SandboxShape } from './clusterConfig.ts'
export {
  MANAGED_BY,
  ORG_LABEL,
  QUEUE_LABEL,
  SANDBOX_LABEL,
  SERVER_PORT,
  SERVES_LABEL,
  SHAPE_LABEL,
} from './manifests/labels.ts'
export { denyPolicy, namespaceManifest, quotaManifest, serverPolicy } from './manifests/namespace.ts'
export { isPodOurs, podOfJob, type SandboxJob, sandboxJob, shapeKey } from './manifests/sandboxJob.ts'
export { RUNNER_CONTAINER, SANDBOX_UID, TOOLS_CONTAINER, TOOLS_GID } from './manifests/sandboxPod.ts'
export type { Event, Job, Namespace, NetworkPolicy, Node, Pod, ResourceQuota, Toleration } from './objects.ts'
export { createKubeClient } from './client/createKubeClient.ts'
export { inClusterSource } from './client/inClusterSource.ts'
export { kubeconfigSource } from './client/kubeconfigSource.ts'
export type { Kind, Kinds } from './client/kinds.ts'
export { KubeError } from './client/kubeError.ts'
export type { KubeSource, KubeTls } from './client/source.ts'
export type * from './client/types.ts'
export { jobOfWorkload, READ_EVENTS } from './observe/events.ts'
export { keptOfJob, keptOfPod } from './observe/kept.ts'
export { type Observed, observe } from './observe/observe.ts'
