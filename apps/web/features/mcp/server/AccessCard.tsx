'use client'

import { useQuery } from '@tanstack/react-query'
import { CircleCheck, CircleDashed, Hand } from 'lucide-react'
import { useTRPC } from '../../../trpc/client.tsx'
import { ButtonLink } from '../../../ui/Button.tsx'
import { ErrorInPlace } from '../../../ui/ErrorInPlace.tsx'
import { KeyValues } from '../../../ui/KeyValues.tsx'
import { Ago } from '../../../ui/Time.tsx'
import { KINDS } from '../../credentials/kinds.ts'
import { credentialNames } from '../credentialNames.ts'
import type { Server } from '../types.ts'
import { SignInCard } from './SignInCard.tsx'

/** How the gateway signs in there, and where that stands. */
export function AccessCard({ server }: { server: Server }) {
  const { spec } = server
  const list = useQuery(useTRPC().credentials.list.queryOptions())
  const names = credentialNames(spec)
  const valued = names.filter((name) => list.data?.find((one) => one.name === name)?.spec.type !== 'oauth')
  return (
    <section className="panel perm" aria-labelledby="access">
      <h2 id="access">Credential</h2>
      {list.error === null ? null : <ErrorInPlace error={list.error} />}
      {names.length === 0 && server.lastTest?.code !== 'mcp.needs-sign-in' ? (
        <p className="small two">None: it is called without.</p>
      ) : null}
      {names.map((name) => {
        const credential = list.data?.find((one) => one.name === name)
        // Its standing is that of the sign-in, below.
        if (credential?.spec.type === 'oauth') return null
        return (
          <div key={name} className="access">
            {credential === undefined ? (
              <Missing name={name} isKnown={list.data !== undefined} />
            ) : (
              <>
                <Standing isSet={credential.hasSecret} />
                <KeyValues
                  rows={[
                    ['Name', name],
                    ['Kind', KINDS[credential.spec.type].name],
                    ['Changed', <Ago key="at" at={credential.updatedAt} />],
                    ['Kept', 'sealed; only the gateway opens it'],
                  ]}
                />
              </>
            )}
          </div>
        )
      })}
      {spec.type === 'remote' ? <SignInCard server={server} /> : null}
      {valued.length === 0 ? null : (
        <div className="acts">
          <ButtonLink href="/credentials">Replace its value</ButtonLink>
        </div>
      )}
    </section>
  )
}

function Standing({ isSet }: { isSet: boolean }) {
  return isSet ? (
    <p className="state proof">
      <CircleCheck className="i s" aria-hidden="true" />
      Set
    </p>
  ) : (
    <p className="state flag">
      <Hand className="i s" aria-hidden="true" />
      Needs its value
    </p>
  )
}

function Missing({ name, isKnown }: { name: string; isKnown: boolean }) {
  return (
    <p className={isKnown ? 'state flag' : 'state'}>
      {isKnown ? <Hand className="i s" aria-hidden="true" /> : <CircleDashed className="i s" aria-hidden="true" />}
      {isKnown ? `There is no credential ${name}` : name}
    </p>
  )
}
