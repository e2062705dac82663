import { request } from 'node:https'
import { kubeconfigSource } from '@errand/kube'

/** The Kubernetes API as it is: any path, JSON in and out. For what a scenario does as the person who owns the cluster. */
export interface KubeApi {
  readonly server: URL
  /** Null: there is none. */
  get<T = unknown>(path: string): Promise<T | null>
  /** Text: of logs. */
  text(path: string): Promise<string>
  post(path: string, body: object): Promise<void>
  /** The same, and gives what the cluster made of it. */
  create<T>(path: string, body: object): Promise<T>
  patch(path: string, body: object): Promise<void>
  delete(path: string, body?: object): Promise<void>
  /** False: it was gone already. */
  evict(pod: { readonly namespace: string; readonly name: string }): Promise<boolean>
}

interface Asked {
  readonly method: string
  readonly path: string
  readonly body?: object
}

export function kubeApi(kubeconfig: string): KubeApi {
  const { server, tls, token } = kubeconfigSource(kubeconfig)
  const base = new URL(server)

  async function ask({ method, path, body }: Asked): Promise<{ status: number; text: string }> {
    const secret = await token()
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
    const text = body === undefined ? '' : JSON.stringify(body)
    const headers = {
      // Node sends the body of a DELETE without saying that there is one.
      'content-length': Buffer.byteLength(text),
      ...(secret === null ? {} : { authorization: `Bearer ${secret.reveal()}` }),
      ...(body === undefined ? {} : { 'content-type': type }),
    }
    const { key, ...own } = tls
    return new Promise((resolve, reject) => {
      const sent = request(new URL(path, base), {
        method,
        headers,
        ...own,
        ...(key === undefined ? {} : { key: key.reveal() }),
      })
      sent.on('error', reject)
      sent.on('response', (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('error', reject)
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }))
      })
      sent.end(text)
    })
  }

  async function must(asked: Asked): Promise<string> {
    const { status, text } = await ask(asked)
    if (status >= 300) throw new Error(`${asked.method} ${asked.path} answered ${status}: ${text.slice(0, 500)}`)
    return text
  }

  return {
    server: base,
    get: async <T>(path: string) => {
      const { status, text } = await ask({ method: 'GET', path })
      if (status === 404) return null
      if (status >= 300) throw new Error(`GET ${path} answered ${status}: ${text.slice(0, 500)}`)
      return JSON.parse(text) as T
    },
    text: (path) => must({ method: 'GET', path }),
    post: async (path, body) => void (await must({ method: 'POST', path, body })),
    create: async <T>(path: string, body: object) => JSON.parse(await must({ method: 'POST', path, body })) as T,
    evict: async ({ namespace, name }) => {
      const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`
      const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } }
      const { status, text } = await ask({ method: 'POST', path, body })
      if (status >= 300 && status !== 404) throw new Error(`POST ${path} answered ${status}: ${text.slice(0, 500)}`)
      return status !== 404
    },
    patch: async (path, body) => void (await must({ method: 'PATCH', path, body })),
    delete: async (path, body) => {
      const { status, text } = await ask({ method: 'DELETE', path, ...(body === undefined ? {} : { body }) })
      if (status >= 300 && status !== 404) throw new Error(`DELETE ${path} answered ${status}: ${text.slice(0, 500)}`)
    },
  }
}
