'use client'

import { type SubmitEvent, useState } from 'react'
import { Button } from '../../ui/Button.tsx'
import { Field } from '../../ui/Field.tsx'

interface PasswordFormProps {
  /** `new`: shows what it needs, and offers the browser's own suggestion. */
  readonly kind: 'new' | 'known'
  readonly label: string
  readonly action: string
  readonly isBusy: boolean
  readonly isMain: boolean
  readonly onPassword: (password: string) => void
}

const MIN_LENGTH = 10

export function PasswordForm({ kind, label, action, isBusy, isMain, onPassword }: PasswordFormProps) {
  const [password, setPassword] = useState('')
  const [isShown, setIsShown] = useState(false)
  const [error, setError] = useState<string>()
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (kind === 'new' && password.length < MIN_LENGTH) {
      setError(`${MIN_LENGTH} characters or more; three unrelated words do well.`)
      return
    }
    setError(undefined)
    if (password !== '') onPassword(password)
  }
  return (
    <form onSubmit={submit} className="door-form">
      {/* Password managers keep a name beside each password; there is one person here. */}
      <input
        className="vh"
        type="text"
        name="username"
        autoComplete="username"
        value="owner"
        readOnly
        tabIndex={-1}
        aria-hidden="true"
      />
      <Field
        label={label}
        name="password"
        type={isShown ? 'text' : 'password'}
        autoComplete={kind === 'new' ? 'new-password' : 'current-password'}
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        hint={kind === 'new' ? `${MIN_LENGTH} characters or more. Length is the whole rule.` : undefined}
        error={error}
      />
      <div className="acts">
        <Button type="submit" {...(isMain ? { tone: 'go' } : {})} aria-busy={isBusy}>
          {action}
        </Button>
        <Button tone="bare" aria-pressed={isShown} onClick={() => setIsShown(!isShown)}>
          {isShown ? 'Hide it' : 'Show it'}
        </Button>
      </div>
    </form>
  )
}
