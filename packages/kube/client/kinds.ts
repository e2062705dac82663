import type { Event, Job, Namespace, NetworkPolicy, Node, Pod, ResourceQuota } from '../objects.ts'

/** The kinds that Errand meets: `get('Job', …)` gives a `Job`. */
export interface Kinds {
  Event: Event
  Job: Job
  Namespace: Namespace
  NetworkPolicy: NetworkPolicy
  Node: Node
  Pod: Pod
  ResourceQuota: ResourceQuota
}
export type Kind = keyof Kinds

interface Resource {
  readonly group: string
  readonly plural: string
  /** A namespace's own objects lie at its root. */
  readonly isNamespaced: boolean
}

const RESOURCES: Readonly<Record<Kind, Resource>> = {
  Event: { group: '/api/v1', plural: 'events', isNamespaced: true },
  Job: { group: '/apis/batch/v1', plural: 'jobs', isNamespaced: true },
  Namespace: { group: '/api/v1', plural: 'namespaces', isNamespaced: false },
  NetworkPolicy: { group: '/apis/networking.k8s.io/v1', plural: 'networkpolicies', isNamespaced: true },
  Node: { group: '/api/v1', plural: 'nodes', isNamespaced: false },
  Pod: { group: '/api/v1', plural: 'pods', isNamespaced: true },
  ResourceQuota: { group: '/api/v1', plural: 'resourcequotas', isNamespaced: true },
}

interface Place {
  readonly namespace?: string | undefined
  readonly name?: string | undefined
}

/** Of all objects of a kind, in one namespace or everywhere, or of the one that is named. */
export function pathOf(kind: Kind, { namespace, name }: Place = {}): string {
  const { group, plural, isNamespaced } = RESOURCES[kind]
  const inNamespace = isNamespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : ''
  const item = name === undefined ? '' : `/${encodeURIComponent(name)}`
  return `${group}${inNamespace}/${plural}${item}`
}
