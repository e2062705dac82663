import { type Fault, FAULTS, toFault } from '@errand/contracts'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Actor, type Authenticate, bearerToken } from '../authenticate.ts'

/** The gateway's git for people; who asks is known. */
export type OwnerGit = (request: IncomingMessage, response: ServerResponse, actor: Actor) => Promise<void>

/**
 * `git clone http://…/git/local/<name>.git`: git sends the API token as the password, under any user name. It asks for
 * one only after a 401 with a Basic challenge, and shows people a plain text answer.
 */
export async function answerOwnerGit(
  request: IncomingMessage,
  response: ServerResponse,
  deps: { authenticate: Authenticate; ownerGit: OwnerGit },
): Promise<void> {
  try {
    const { authorization } = request.headers
    const token = basicPassword(authorization) ?? bearerToken(authorization)
    const actor = await deps.authenticate({ token, address: request.socket.remoteAddress ?? '' })
    await deps.ownerGit(request, response, actor)
  } catch (error) {
    refuse(response, toFault(error))
  }
}

/** The password of a Basic header; null for anything else. */
export function basicPassword(header: string | undefined): string | null {
  const encoded = /^Basic +([\w+/=-]{1,2000}) *$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return null
  const [, password] = /^[^:]*:(.+)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? []
  return password ?? null
}

function refuse(response: ServerResponse, fault: Fault): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const { http, words, remedy } = FAULTS[fault.code]
  response.writeHead(http, {
    'content-type': 'text/plain; charset=utf-8',
    ...(http === 401 ? { 'www-authenticate': 'Basic realm="Errand: an API token is the password"' } : {}),
  })
  response.end(`${words} ${remedy}\n`)
}
