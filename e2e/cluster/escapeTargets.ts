import type { ClusterPlace } from '../harness/cluster.ts'
import type { Installation } from '../harness/installation.ts'
import type { Name } from '../harness/resolver.ts'

export const MOVING = 'moving.rebind.test'

/** What somebody who owns a domain can let its names lead to. */
export function nameAll(names: Map<string, Name>, publicAddress: string, { address, env }: ClusterPlace): void {
  const apiService = env['ERRAND_WALL_CLOSED']?.split(',')[2]?.split(':')[0] ?? ''
  names.set(MOVING, { answers: [[publicAddress], [address]] })
  names.set('inside.rebind.test', { answers: [[address]] })
  names.set('itself.rebind.test', { answers: [['127.0.0.1']] })
  names.set('one-of-two.rebind.test', { answers: [[publicAddress, address]] })
  names.set('by-six.rebind.test', { answers: [[publicAddress]], six: [address] })
  names.set('kubernetes.default.svc.cluster.local', { answers: [[apiService]] })
}

interface Known {
  readonly errand: Installation
  readonly place: ClusterPlace
  /** That were named. */
  readonly names: Iterable<string>
  readonly bait: { readonly address: string; readonly port: number }
  readonly foreign: string
  readonly theirs: { readonly address: string; readonly gateway: string }
  readonly neighbour: { readonly name: string; readonly uid: string; readonly address: string }
  readonly deadToken: string
  readonly liveToken: string
}

/** For `escape.py`: whatever an agent could wish to reach, and what it could have got hold of. */
export async function targetsOf({
  errand,
  place,
  names,
  bait,
  foreign,
  theirs,
  neighbour,
  deadToken,
  liveToken,
}: Known) {
  const { address, gatewayPort, env } = place
  const [api = '', kubelet = '', apiService = '', dns = ''] = env['ERRAND_WALL_CLOSED']?.split(',') ?? []
  const dnsPod = await dnsPodAddress(place)
  const node = kubelet.split(':')[0] ?? ''
  return {
    gateway: `${address}:${gatewayPort}`,
    deadToken,
    liveToken,
    tcp: {
      'the API server': api,
      'the API server by its Service': apiService,
      'the kubelet': kubelet,
      'the DNS Service': dns,
      'the DNS pod': `${dnsPod}:53`,
      'the canary': `${address}:${env['ERRAND_CANARY_PORT']}`,
      'another port of this machine': bait.address,
      'the api of Errand': `${address}:${errand.port}`,
      'the pod of another run': neighbour.address,
      'a pod of another namespace': foreign,
      'the sandbox of another Errand': theirs.address,
      'the gateway of another Errand': theirs.gateway,
    },
    udp: {
      'the DNS Service': dns,
      'the DNS pod': `${dnsPod}:53`,
      'the pod of another run': neighbour.address,
      'a pod of another namespace': foreign,
    },
    hosts: {
      node,
      'this machine': address,
      'another run': neighbour.address.split(':')[0],
      'another namespace': foreign.split(':')[0],
      'another Errand': theirs.address.split(':')[0],
    },
    paths: [
      ['GET', '/runner/v1/spec'],
      ['GET', '/runner/v1/control?after=0'],
      ['POST', '/runner/v1/events'],
      ['POST', '/llm/v1/messages'],
      ['GET', '/git/local/demo.git/info/refs?service=git-upload-pack'],
      ['POST', '/sandbox/v1/failed'],
      ['GET', '/metrics'],
      ['GET', '/readyz'],
      ['GET', '/'],
    ],
    claims: {
      'the sandbox of another run': { name: neighbour.name, uid: neighbour.uid },
      'with a guessed ticket': { name: neighbour.name, uid: '0d4cf4d9-9d3e-4f4e-8a3b-000000000000' },
    },
    proxied: [
      bait.address,
      `127.0.0.1:${bait.port}`,
      `localhost:${bait.port}`,
      `[::1]:${bait.port}`,
      api,
      apiService,
      foreign,
      theirs.address,
      ...[...names].filter((name) => name !== MOVING).map((name) => `${name}:${bait.port}`),
    ],
    moving: `${MOVING}:${bait.port}`,
    // Of nobody whom this run was given.
    forwarded: [
      '/runner/v1/spec',
      '/git/local/demo.git/info/refs?service=git-upload-pack',
      '/git/local/demo.git/info/refs?service=git-receive-pack',
      `/git/http/${bait.address}/a.git/info/refs?service=git-upload-pack`,
      '/git/../runner/v1/spec',
      '/git/%2e%2e/runner/v1/spec',
      '/llm/v1/models',
      '/mcp/everything',
    ],
  }
}

async function dnsPodAddress(place: ClusterPlace): Promise<string> {
  interface Pods {
    readonly items: readonly { readonly status: { readonly podIP?: string } }[]
  }
  const pods = await place.api.get<Pods>('/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app=kube-dns')
  return pods?.items[0]?.status.podIP ?? ''
}
