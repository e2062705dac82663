'use client'

import { Fingerprint } from 'lucide-react'
import { placeAfter } from '../../trpc/signedOut.ts'
import { Button } from '../../ui/Button.tsx'
import { Code } from '../../ui/Code.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { type DoorState, signInWithPasskey, signInWithPassword } from './door.ts'
import { PasskeyNote, usePasskeys } from './PasskeyNote.tsx'
import { PasswordForm } from './PasswordForm.tsx'
import { useDoorAction } from './useDoorAction.ts'

export function SignIn({ door, next }: { door: DoorState; next: string | null }) {
  const passkeys = usePasskeys()
  const action = useDoorAction()
  if (!door.isClaimed) return <Unclaimed />
  const enter = () => window.location.replace(placeAfter(next))
  const canPasskey = door.hasPasskeys && passkeys === 'yes'
  return (
    <>
      <h1>Sign in</h1>
      {canPasskey ? (
        <div className="door-way">
          <Button
            tone="go"
            icon={Fingerprint}
            aria-busy={action.isBusy}
            onClick={() => action.run(() => signInWithPasskey().then(enter))}
          >
            Use a passkey
          </Button>
        </div>
      ) : null}
      {door.hasPasskeys ? <PasskeyNote can={passkeys} /> : null}
      {door.hasPassword ? (
        <div className="door-way">
          <PasswordForm
            kind="known"
            label={canPasskey ? 'Or your password' : 'Password'}
            action="Sign in"
            isBusy={action.isBusy}
            isMain={!canPasskey}
            onPassword={(password) => action.run(() => signInWithPassword(password).then(enter))}
          />
        </div>
      ) : null}
      {action.wasGivenUp ? <p role="status">No passkey was given. Try again when you like.</p> : null}
      {action.error === null ? null : <ErrorInPlace error={action.error} />}
      <p className="small three door-foot">
        Locked out? <Code>bin/errand claim-link</Code> on the machine that runs Errand prints a new link.
      </p>
    </>
  )
}

function Unclaimed() {
  return (
    <>
      <h1>Nobody has claimed this Errand yet</h1>
      <p className="lead">
        Open the link that <Code>npm start</Code> printed on the machine that runs it. It is gone from the screen?{' '}
        <Code>bin/errand claim-link</Code> prints a new one.
      </p>
    </>
  )
}
