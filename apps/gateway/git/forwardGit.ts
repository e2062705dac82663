import { type Call, grantOf, responseOf, streamOf } from '../call.ts'
import type { GitDeps } from './gitDeps.ts'
import { runCaller } from './runCaller.ts'
import { serveGit } from './serveGit.ts'

/** Git of a run: the repositories it was fired on, its own branches of them. */
export async function forwardGit(call: Call, { git }: { readonly git: GitDeps }): Promise<'answered'> {
  const { target, signal } = call
  call.fields['end'] = await serveGit(
    { request: streamOf(call), response: responseOf(call), target, signal },
    runCaller(grantOf(call), git),
    git,
  )
  return 'answered'
}
