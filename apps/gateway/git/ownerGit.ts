import type { IncomingMessage, ServerResponse } from 'node:http'
import { toFault } from '@errand/contracts'
import type { Actor } from '@errand/engine'
import type { GitDeps } from './gitDeps.ts'
import { ownerCaller } from './ownerCaller.ts'
import { serveGit } from './serveGit.ts'
import { writeGitRefusal } from './writeGitRefusal.ts'

export type OwnerGitHandler = (request: IncomingMessage, response: ServerResponse, actor: Actor) => Promise<void>

/** Git for a person whose token the front door has checked: `git clone http://…/git/local/<name>.git`. Never throws. */
export function ownerGitHandler(deps: GitDeps): OwnerGitHandler {
  return async (request, response, actor) => {
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    try {
      await serveGit(
        { request, response, target: request.url ?? '', signal: gone.signal },
        ownerCaller(actor, deps),
        deps,
      )
    } catch (error) {
      deps.log.error({ op: 'git.owner', orgId: actor.orgId, error }, 'owner’s git failed')
      writeGitRefusal(response, toFault(error))
    }
  }
}
