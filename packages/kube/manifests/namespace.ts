import type { ClusterConfig, GatewayPeer } from '../clusterConfig.ts'
import type { Namespace, NetworkPolicy, NetworkPolicyPeer, ResourceQuota } from '../objects.ts'
import { MANAGED_BY, SERVER_PORT, SERVES_LABEL } from './labels.ts'

const POD_SECURITY = ['enforce', 'audit', 'warn'].flatMap((mode) => [
  [`pod-security.kubernetes.io/${mode}`, 'restricted'],
  [`pod-security.kubernetes.io/${mode}-version`, 'latest'],
])

export function namespaceManifest({ namespace }: ClusterConfig): Namespace {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels: { ...MANAGED_BY, ...Object.fromEntries(POD_SECURITY) } },
  }
}

/** Every pod of the namespace, by whomever it is made: nobody reaches it, and it reaches the gateway's port alone. */
export function denyPolicy({ namespace, gateway, gatewayPeer }: ClusterConfig): NetworkPolicy {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'errand-wall', namespace, labels: MANAGED_BY },
    spec: {
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      ingress: [],
      egress: [{ to: [policyPeer(gatewayPeer)], ports: [{ protocol: 'TCP', port: gateway.port }] }],
    },
  }
}

/** Of hosted MCP servers: beside the wall, and for their one port, the gateway comes in. */
export function serverPolicy({ namespace, gatewayPeer }: ClusterConfig): NetworkPolicy {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'errand-servers', namespace, labels: MANAGED_BY },
    spec: {
      podSelector: { matchLabels: { [SERVES_LABEL]: 'mcp' } },
      policyTypes: ['Ingress'],
      ingress: [{ from: [policyPeer(gatewayPeer)], ports: [{ protocol: 'TCP', port: SERVER_PORT }] }],
    },
  }
}

function policyPeer(peer: GatewayPeer): NetworkPolicyPeer {
  if ('cidr' in peer) return { ipBlock: { cidr: peer.cidr } }
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': peer.namespace } },
    podSelector: { matchLabels: { ...peer.labels } },
  }
}

/** Null without a quota. It counts what sandboxes may use, not the smaller part that a node keeps free for them. */
export function quotaManifest({ namespace, quota = {} }: ClusterConfig): ResourceQuota | null {
  const hard = {
    ...(quota.cpus === undefined ? {} : { 'limits.cpu': `${Math.ceil(quota.cpus * 1000)}m` }),
    ...(quota.memoryMib === undefined ? {} : { 'limits.memory': `${quota.memoryMib}Mi` }),
    ...(quota.pods === undefined ? {} : { pods: String(quota.pods) }),
  }
  if (Object.keys(hard).length === 0) return null
  const metadata = { name: 'errand', namespace, labels: MANAGED_BY }
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard } }
}
