import { Agent, request as ask } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { Fault } from '@errand/contracts'
import { bearerToken } from '../authenticate.ts'
import { basicPassword, type OwnerGit } from './ownerGit.ts'

const PASSED = ['accept', 'accept-encoding', 'content-type', 'content-length', 'content-encoding', 'git-protocol']

/** Git for people where the gateway is a process of its own: bytes there and back, and the token it checks again. */
export function forwardOwnerGit(gatewayUrl: string): { readonly ownerGit: OwnerGit; close(): void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 })
  const ownerGit: OwnerGit = async (request, response) => {
    const { headers: given, method = 'GET' } = request
    const token = basicPassword(given.authorization) ?? bearerToken(given.authorization)
    const passed = PASSED.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]] as const]))
    const headers = { ...Object.fromEntries(passed), authorization: `Bearer ${token ?? ''}` }
    const asking = ask(new URL(request.url ?? '/', gatewayUrl), { agent, method, headers })
    response.once('close', () => asking.destroy())
    try {
      const answered = new Promise<void>((resolve, reject) => {
        asking.once('error', reject)
        asking.once('response', (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers)
          pipeline(answer, response).then(resolve, reject)
        })
      })
      await Promise.all([answered, pipeline(request, asking)])
    } catch (error) {
      if (!response.closed) throw new Fault('service.starting', 'The gateway does not answer.', { cause: error })
    }
  }
  return { ownerGit, close: () => agent.destroy() }
}

/** Where no gateway was named. */
export const noOwnerGit: OwnerGit = () =>
  Promise.reject(new Fault('cluster.config', 'ERRAND_OWNER_URL is not set, so nobody serves local repositories here.'))
