'use client'

import type { GrantStatus } from '@errand/contracts'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { CircleCheck, CircleDashed, Hand, LogIn, type LucideIcon, OctagonX } from 'lucide-react'
import { useTRPC } from '../../../trpc/client.tsx'
import type { RouterOutputs } from '../../../trpc/types.ts'
import { Button } from '../../../ui/Button.tsx'
import { ErrorInPlace } from '../../../ui/ErrorInPlace.tsx'
import { KeyValues } from '../../../ui/KeyValues.tsx'
import { Ago, Clock } from '../../../ui/Time.tsx'
import type { Server } from '../types.ts'

const SAID: Readonly<
  Record<GrantStatus, { readonly words: string; readonly icon: LucideIcon; readonly tone: string }>
> = {
  none: { words: 'Nobody has signed in yet', icon: Hand, tone: 'flag' },
  discovering: { words: 'Finding out how to sign in', icon: CircleDashed, tone: 'live' },
  'needs-sign-in': { words: 'Needs sign-in', icon: Hand, tone: 'flag' },
  authorising: { words: 'Waits for your sign-in', icon: Hand, tone: 'flag' },
  ready: { words: 'Signed in with OAuth', icon: CircleCheck, tone: 'proof' },
  refreshing: { words: 'Signed in, renewing itself', icon: CircleCheck, tone: 'proof' },
  'needs-consent': { words: 'Signed in; the server wants more', icon: Hand, tone: 'flag' },
  broken: { words: 'Cannot sign in like this', icon: OctagonX, tone: 'fault' },
}
const WAYS = { registered: 'your own app', document: 'its public description', dynamic: 'registering itself' } as const

/** Where the sign-in by OAuth stands, in words, and the one button. */
export function SignInCard({ server: { name, lastTest, spec } }: { server: Server }) {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const found = useQuery(trpc.mcp.grant.queryOptions({ name }, { retry: false }))
  const signIn = useMutation(
    trpc.mcp.signIn.mutationOptions({
      retry: false,
      // The way leads out of Errand and comes back to its callback.
      onSuccess: ({ address }) => window.location.assign(address),
    }),
  )
  const signOut = useMutation(
    trpc.mcp.signOut.mutationOptions({ onSettled: () => queries.invalidateQueries(trpc.mcp.pathFilter()) }),
  )
  const grant = found.data?.grant ?? null
  const wantsOne = lastTest?.code === 'mcp.needs-sign-in'
  if (found.error !== null) return <ErrorInPlace error={found.error} retry={() => void found.refetch()} />
  // Another kind of credential is there and works, or none is wanted.
  if (grant === null && !wantsOne && spec.type === 'remote' && spec.credential !== undefined) return null
  return (
    <div className="access">
      {grant === null ? null : <Standing grant={grant} />}
      {grant === null && wantsOne ? (
        <p className="state flag">
          <Hand className="i s" aria-hidden="true" />
          It wants you to sign in
        </p>
      ) : null}
      {signIn.error === null ? null : <ErrorInPlace error={signIn.error} />}
      {signOut.error === null ? null : <ErrorInPlace error={signOut.error} />}
      <div className="acts">
        <Button
          {...(grant?.hasTokens !== true && (wantsOne || grant !== null) ? { tone: 'go' as const } : {})}
          icon={LogIn}
          aria-busy={signIn.isPending}
          onClick={() => signIn.mutate({ name })}
        >
          {grant?.hasTokens === true ? 'Sign in again' : 'Sign in'}
        </Button>
        {grant?.hasTokens === true ? (
          <Button tone="bare" aria-busy={signOut.isPending} onClick={() => signOut.mutate({ name })}>
            Sign out
          </Button>
        ) : null}
      </div>
    </div>
  )
}

type Grant = NonNullable<RouterOutputs['mcp']['grant']['grant']>

function Standing({ grant }: { grant: Grant }) {
  const { words, icon: Icon, tone } = SAID[grant.status]
  return (
    <>
      <p className={`state ${tone}`.trim()}>
        <Icon className="i s" aria-hidden="true" />
        {words}
      </p>
      {grant.words === null ? null : <p className="small two breaks">{grant.words}</p>}
      <KeyValues
        rows={[
          ...(grant.signedInBy === null ? [] : [['By', grant.signedInBy] as const]),
          ...(grant.signedInAt === null ? [] : [['Since', <Ago key="since" at={grant.signedInAt} />] as const]),
          ...(grant.scopes === null ? [] : [['May', grant.scopes] as const]),
          ...(grant.wants === null ? [] : [['It also wants', grant.wants] as const]),
          ...(grant.issuer === null ? [] : [['At', grant.issuer] as const]),
          ...(grant.client === null ? [] : [['Known there by', WAYS[grant.client]] as const]),
          ...(grant.expiresAt === null ? [] : [['Token ends', <Clock key="end" at={grant.expiresAt} />] as const]),
          ['Renews itself', grant.canRefresh ? 'yes' : 'no'],
          ...(grant.refreshedAt === null
            ? []
            : [['Last renewed', <Ago key="renewed" at={grant.refreshedAt} />] as const]),
        ]}
      />
    </>
  )
}
