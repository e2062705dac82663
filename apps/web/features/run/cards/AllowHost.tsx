'use client'

import { hostPattern, isTerminal, mayAskForHost, parseAuthority } from '@errand/domain'
import { useMutation } from '@tanstack/react-query'
import { useTRPC } from '../../../trpc/client.tsx'
import { Button } from '../../../ui/Button.tsx'
import { ErrorInPlace } from '../../../ui/ErrorInPlace.tsx'
import type { RunView } from '../types.ts'

/** A host that was refused, `example.org:443`, and can be allowed after all; nothing where it never is by itself. */
export function AllowHost({ run, host }: { run: RunView; host: string }) {
  const allow = useMutation(useTRPC().runs.allowHost.mutationOptions())
  const target = parseAuthority(host)
  if (target === null || !mayAskForHost(target, run.network)) return null
  const given = run.state.hostAnswers.find(({ pattern }) => pattern === hostPattern(target))
  if (allow.isSuccess || given?.answer === 'run')
    return (
      <p className="small two" role="status">
        {allow.variables?.answer === 'allow-agent'
          ? `Allowed for ${run.agent} from now on.`
          : 'Allowed for the rest of this run.'}
      </p>
    )
  const give = (answer: 'allow-run' | 'allow-agent') => {
    if (!allow.isPending) allow.mutate({ runId: run.id, ...target, answer })
  }
  return (
    <div className="allow-host" aria-busy={allow.isPending}>
      {isTerminal(run.state.status) ? null : (
        <Button onClick={() => give('allow-run')}>
          Allow for this run<span className="vh">: {host}</span>
        </Button>
      )}
      <Button tone="bare" onClick={() => give('allow-agent')}>
        Always for {run.agent}
        <span className="vh">: {host}</span>
      </Button>
      {allow.error === null ? null : <ErrorInPlace error={allow.error} />}
    </div>
  )
}
