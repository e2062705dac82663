/** The objects of the Kubernetes API that Errand meets, as its own package has them. */
export type { Job } from 'kubernetes-types/batch/v1.d.ts'
export type {
  Container,
  EnvVar,
  Event,
  Namespace,
  Node,
  Pod,
  PodSpec,
  ResourceQuota,
  Toleration,
  Volume,
} from 'kubernetes-types/core/v1.d.ts'
export type { ListMeta, ObjectMeta, Status } from 'kubernetes-types/meta/v1.d.ts'
export type { NetworkPolicy, NetworkPolicyPeer } from 'kubernetes-types/networking/v1.d.ts'
