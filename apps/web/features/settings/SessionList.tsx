'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { LogOut } from 'lucide-react'
import { useTRPC } from '../../trpc/client.tsx'
import { Button } from '../../ui/Button.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { LoadingRows } from '../../ui/LoadingRows.tsx'
import { Ago } from '../../ui/Time.tsx'
import { deviceName } from '../account/deviceName.ts'
import { signOut } from '../account/door.ts'
import { Section } from './Section.tsx'

export function SessionList() {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const list = useQuery(trpc.account.sessions.list.queryOptions())
  const after = { onSuccess: () => queries.invalidateQueries(trpc.account.sessions.pathFilter()) }
  const revoke = useMutation(trpc.account.sessions.revoke.mutationOptions(after))
  const revokeOthers = useMutation(trpc.account.sessions.revokeOthers.mutationOptions(after))
  const sessions = list.data ?? []
  const others = sessions.filter(({ isThis }) => !isThis)
  const error = revoke.error ?? revokeOthers.error
  return (
    <Section
      id="sessions"
      title="Signed in"
      lead="Browsers that are you. One that is not used for 30 days is signed out."
    >
      {list.error === null ? null : <ErrorInPlace error={list.error} retry={() => void list.refetch()} />}
      {list.isPending ? <LoadingRows of="Reading the sessions" rows={1} /> : null}
      <ul className="list settings-list">
        {sessions.map((session) => (
          <li key={session.id}>
            <span>
              <b>{deviceName(session.userAgent ?? '')}</b>
              <span className="small three">
                {session.isThis ? (
                  'This browser'
                ) : (
                  <>
                    Used <Ago at={session.usedAt} />
                  </>
                )}
                {session.address === null ? '' : `, from ${session.address}`}
              </span>
            </span>
            <span className="acts">
              {session.isThis ? (
                <Button icon={LogOut} onClick={() => void signOut()}>
                  Sign out
                </Button>
              ) : (
                <Button tone="bare" aria-busy={revoke.isPending} onClick={() => revoke.mutate({ id: session.id })}>
                  End
                </Button>
              )}
            </span>
          </li>
        ))}
      </ul>
      {error === null ? null : <ErrorInPlace error={error} />}
      {list.data === undefined ? null : others.length === 0 ? (
        <p className="small two">No other browser is signed in.</p>
      ) : (
        <Button aria-busy={revokeOthers.isPending} onClick={() => revokeOthers.mutate()}>
          Sign out everywhere else
        </Button>
      )}
    </Section>
  )
}
