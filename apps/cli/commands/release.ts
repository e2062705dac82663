import type { DoctorCheck } from '@errand/surfaces'
import { runProgram } from '../image/program.ts'

export interface ReleasePlace {
  readonly namespace: string
  readonly kubeconfig?: string
}

export const RELEASE = 'errand'

const HELM = {
  whenMissing:
    'Install Helm 3.18 or newer (https://helm.sh), or apply what `helm template deploy/chart` prints elsewhere.',
  whenFailed: 'Its own words are above; `kubectl -n errand get pods,events` says more.',
}
const KUBECTL = {
  whenMissing: 'Install kubectl; k3s brings one.',
  whenFailed: 'Its own words are above; `kubectl -n errand get pods,events` says more.',
}

interface Values {
  readonly publicUrl: string
  readonly api: {
    readonly service: { readonly type: string }
    readonly ingress: { readonly enabled: boolean; readonly host: string; readonly tlsSecret: string }
  }
}

/** The Errand that Helm has installed in a namespace, asked by the programs that whoever installs has. */
export class Release {
  readonly namespace: string
  readonly #place: readonly string[]

  constructor({ namespace, kubeconfig }: ReleasePlace) {
    this.namespace = namespace
    this.#place = ['--namespace', namespace, ...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig])]
  }

  helm(...args: readonly string[]): Promise<string> {
    return runProgram(['helm', ...args, ...this.#place], HELM)
  }

  /** Whether nothing was upgraded yet. */
  async isFirst(): Promise<boolean> {
    const listed = await this.helm('list', '--filter', `^${RELEASE}$`, '--output', 'json')
    const [release] = JSON.parse(listed) as readonly { readonly revision: string | number }[]
    return Number(release?.revision) === 1
  }

  /** Where the network reaches it. Null: only by a port that is forwarded. */
  async address(): Promise<string | null> {
    const values = JSON.parse(await this.helm('get', 'values', RELEASE, '--all', '--output', 'json')) as Values
    const { service, ingress } = values.api
    if (values.publicUrl !== '') return values.publicUrl
    if (ingress.enabled) return `${ingress.tlsSecret === '' ? 'http' : 'https'}://${ingress.host}`
    if (service.type !== 'NodePort') return null
    const [port, host] = await Promise.all([
      this.#kubectl('get', 'service', RELEASE, '--output', 'jsonpath={.spec.ports[0].nodePort}'),
      this.#kubectl(
        ...['get', 'nodes', '--output'],
        'jsonpath={.items[0].status.addresses[?(@.type=="InternalIP")].address}',
      ),
    ])
    return `http://${host}:${port}`
  }

  async claimToken(): Promise<string> {
    return (await this.#command('claim')).trim().replace(/^.*#/s, '')
  }

  async selfTest(): Promise<readonly DoctorCheck[]> {
    return JSON.parse(await this.#command('doctor')) as readonly DoctorCheck[]
  }

  /** What the api's own process does for whoever may run commands in its pod. */
  #command(name: string): Promise<string> {
    return this.#kubectl('exec', `deploy/${RELEASE}-api`, '--', 'node', 'apps/api/dist/api.mjs', name)
  }

  /** Ours before theirs: what comes after `--` is the command's. */
  #kubectl(...args: readonly string[]): Promise<string> {
    return runProgram(['kubectl', ...this.#place, ...args], KUBECTL)
  }
}
