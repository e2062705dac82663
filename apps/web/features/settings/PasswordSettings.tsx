'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type SubmitEvent, useState } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import { Button } from '../../ui/Button.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { Field } from '../../ui/Field.tsx'
import { changePassword } from '../account/door.ts'
import { useDoorAction } from '../account/useDoorAction.ts'
import { Section } from './Section.tsx'

const NONE = { current: '', next: '' }

export function PasswordSettings() {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const me = useQuery(trpc.account.me.queryOptions())
  const [typed, setTyped] = useState(NONE)
  const [isDone, setIsDone] = useState(false)
  const action = useDoorAction()
  const hasPassword = me.data?.hasPassword === true
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    setIsDone(false)
    action.run(async () => {
      await changePassword(hasPassword ? typed.current : null, typed.next)
      setTyped(NONE)
      setIsDone(true)
      await queries.invalidateQueries(trpc.account.pathFilter())
    })
  }
  return (
    <Section id="password" title="Password" lead="A new one signs out every other browser.">
      <form className="form settings-form" onSubmit={submit}>
        <input
          className="vh"
          type="text"
          autoComplete="username"
          value="owner"
          readOnly
          tabIndex={-1}
          aria-hidden="true"
        />
        <div className="pair">
          {hasPassword ? (
            <Field
              label="Now"
              type="password"
              autoComplete="current-password"
              value={typed.current}
              onChange={(event) => setTyped({ ...typed, current: event.target.value })}
            />
          ) : null}
          <Field
            label={hasPassword ? 'From now on' : 'New password'}
            type="password"
            autoComplete="new-password"
            hint="10 characters or more"
            value={typed.next}
            onChange={(event) => setTyped({ ...typed, next: event.target.value })}
          />
        </div>
        {action.error === null ? null : <ErrorInPlace error={action.error} />}
        <div className="rowline">
          <Button type="submit" disabled={typed.next === ''} aria-busy={action.isBusy}>
            {hasPassword ? 'Change the password' : 'Set a password'}
          </Button>
          <span className="small two" role="status">
            {isDone ? 'Changed; every other browser is signed out.' : null}
          </span>
        </div>
      </form>
    </Section>
  )
}
