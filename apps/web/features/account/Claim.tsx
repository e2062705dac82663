'use client'

import { useQuery } from '@tanstack/react-query'
import { Fingerprint } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import { Button } from '../../ui/Button.tsx'
import { Code } from '../../ui/Code.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { deviceName } from './deviceName.ts'
import { addPasskey, checkClaimLink, claimWithPassword } from './door.ts'
import { PasskeyNote, usePasskeys } from './PasskeyNote.tsx'
import { PasswordForm } from './PasswordForm.tsx'
import { useDoorAction } from './useDoorAction.ts'

/** What stands behind the `#` is sent to no server by opening the page; null until the browser has told it. */
function useLinkToken(): string | null {
  return useSyncExternalStore(
    watchHash,
    () => window.location.hash.slice(1),
    () => null,
  )
}

function watchHash(onChange: () => void): () => void {
  window.addEventListener('hashchange', onChange)
  return () => window.removeEventListener('hashchange', onChange)
}

export function Claim() {
  const token = useLinkToken()
  const link = useQuery({
    queryKey: ['claim', token],
    queryFn: () => checkClaimLink(token ?? ''),
    enabled: token !== null && token !== '',
    retry: false,
  })
  if (token === '') return <NoLink />
  if (link.error !== null) {
    return (
      <>
        <h1>This link opens nothing</h1>
        <ErrorInPlace error={link.error} retry={() => void link.refetch()} />
      </>
    )
  }
  if (token === null || link.data === undefined) {
    return (
      <p className="slow two" role="status">
        Checking the link
      </p>
    )
  }
  return <ClaimForm token={token} isClaimed={link.data.isClaimed} />
}

function NoLink() {
  return (
    <>
      <h1>This page needs its link</h1>
      <p className="lead">
        It is printed by <Code>npm start</Code> as long as nobody has claimed this Errand, and by{' '}
        <Code>bin/errand claim-link</Code> at any time, on the machine that runs it.
      </p>
    </>
  )
}

function ClaimForm({ token, isClaimed }: { token: string; isClaimed: boolean }) {
  const passkeys = usePasskeys()
  const action = useDoorAction()
  // Replaced, so that Back does not lead to a link that is dead by then.
  const enter = () => window.location.replace('/')
  const withPasskey = () =>
    action.run(async () => {
      await addPasskey({ token, name: deviceName(navigator.userAgent) })
      enter()
    })
  const withPassword = (password: string) =>
    action.run(async () => {
      await claimWithPassword(token, password)
      enter()
    })
  return (
    <>
      <h1>{isClaimed ? 'Sign in anew' : 'Make this Errand yours'}</h1>
      <p className="lead">
        {isClaimed
          ? 'Choose how you sign in from now on. Every other browser is signed out; your runs go on.'
          : 'You are the first one here. Choose how you sign in from now on; the link is dead afterwards.'}
      </p>
      {passkeys === 'yes' ? (
        <div className="door-way">
          <Button tone="go" icon={Fingerprint} aria-busy={action.isBusy} onClick={withPasskey}>
            Use a passkey
          </Button>
          <p className="small two">Your finger, face or PIN on this device. Nothing to remember, nothing to steal.</p>
        </div>
      ) : null}
      <PasskeyNote can={passkeys} />
      <div className="door-way">
        <PasswordForm
          kind="new"
          label={passkeys === 'yes' ? 'Or set a password' : 'Set a password'}
          action="Set password"
          isBusy={action.isBusy}
          isMain={passkeys !== 'yes'}
          onPassword={withPassword}
        />
      </div>
      {action.wasGivenUp ? <p role="status">The passkey was not made. Try again, or set a password.</p> : null}
      {action.error === null ? null : <ErrorInPlace error={action.error} />}
    </>
  )
}
