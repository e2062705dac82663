import { parseGatewayPath, type RepositoryAddress } from '@errand/domain'

/** Each exchange begins with an advertisement (`info/refs`) and goes on with calls of the service. */
export interface GitRequest {
  readonly kind: 'git'
  readonly address: RepositoryAddress
  readonly operation: 'fetch' | 'push'
  readonly step: 'advertise' | 'call'
}

export type ParsedGitRequest =
  | GitRequest
  | { readonly kind: 'lfs' }
  | { readonly kind: 'refused'; readonly status: number; readonly words: string }

const OPERATIONS: Readonly<Record<string, GitRequest['operation']>> = {
  'git-upload-pack': 'fetch',
  'git-receive-pack': 'push',
}

/** Reads method and target of a request below /git. What is not smart HTTP is refused: nothing else is judged. */
export function parseGitRequest(method: string, target: string): ParsedGitRequest {
  const [path = '', query = ''] = target.split('?', 2)
  const [, prefix, tail] = /^(.+?)\/(info\/refs|git-[a-z-]+|info\/lfs(?:\/.*)?)$/.exec(path) ?? []
  if (prefix === undefined || tail === undefined) return refused(404, 'This is not an address of git over smart HTTP.')
  const address = parseGatewayPath(prefix)
  if (address.kind === 'invalid') return refused(404, address.words)
  if (tail.startsWith('info/lfs')) return { kind: 'lfs' }
  const step = tail === 'info/refs' ? 'advertise' : 'call'
  const operation = OPERATIONS[step === 'advertise' ? (new URLSearchParams(query).get('service') ?? '') : tail]
  if (operation === undefined) return refused(403, 'Only git over smart HTTP is served: fetch and push.')
  if (method !== (step === 'advertise' ? 'GET' : 'POST')) return refused(405, 'Git asks this with another method.')
  return { kind: 'git', address, operation, step }
}

/** Path and query below the repository, as git itself writes them. */
export function servicePath({ operation, step }: Pick<GitRequest, 'operation' | 'step'>): {
  readonly path: string
  readonly query: string
} {
  const service = operation === 'fetch' ? 'git-upload-pack' : 'git-receive-pack'
  return step === 'advertise' ? { path: 'info/refs', query: `service=${service}` } : { path: service, query: '' }
}

function refused(status: number, words: string): ParsedGitRequest {
  return { kind: 'refused', status, words }
}
