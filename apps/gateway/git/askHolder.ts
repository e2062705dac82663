import { askRemote } from './askRemote.ts'
import type { GitAnswer, GitAsk } from './gitAnswer.ts'
import type { GitCaller } from './gitCaller.ts'
import type { GitDeps } from './gitDeps.ts'
import { askBackend } from './httpBackend.ts'
import { upstreamRefusal } from './upstreamRefusal.ts'

/**
 * The answer of whoever holds the repository: git itself for a local one, else its host with the credential for it.
 * It is a 200, or a redirect of an advertisement; anything else is thrown as a Fault in words.
 */
export async function askHolder(ask: GitAsk, caller: GitCaller, deps: GitDeps): Promise<GitAnswer> {
  const { address, step } = ask.request
  if (address.kind === 'local') {
    await deps.repositories.ensure({ orgId: caller.orgId, name: address.name })
    const root = deps.repositories.rootOf(caller.orgId)
    return askBackend({ ...ask, root, name: address.name, user: caller.name, isChecked: caller.isRun }, deps)
  }
  const credential = await deps.readGitCredential(caller.orgId, address.target)
  const answer = await askRemote(ask, { address, credential, dispatchers: deps.dispatchers })
  const isRedirect = answer.status >= 300 && answer.status < 400
  if (answer.status === 200 || (isRedirect && step === 'advertise')) return answer
  throw await upstreamRefusal(answer, { request: ask.request, credential })
}
