'use client'

import { type ReactNode, type SubmitEvent, useState } from 'react'
import { Button } from './Button.tsx'
import { ErrorInPlace } from './ErrorInPlace.tsx'
import { Field } from './Field.tsx'

interface DeleteFormProps {
  readonly name: string
  /** `Delete the-name`: the question, the label and the button. */
  readonly says: string
  /** It is gone for good and somebody would miss it. */
  readonly mustType: boolean
  readonly isPending: boolean
  readonly error: unknown
  readonly onDelete: () => void
  readonly onClose: () => void
  /** What goes with it, and what stays. */
  readonly children: ReactNode
}

/** In the place of what is to go. Where nothing brings it back, its name has to be typed. */
export function DeleteForm({ name, says, mustType, isPending, error, onDelete, onClose, children }: DeleteFormProps) {
  const [typed, setTyped] = useState('')
  const mayDelete = !mustType || typed === name
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (mayDelete) onDelete()
  }
  return (
    <form className="form inplace" aria-label={says} onSubmit={submit}>
      <p>
        <b>{says}?</b> {children}
      </p>
      {mustType ? (
        <Field
          label={`Type ${name} to delete it`}
          className="mono"
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="none"
          autoFocus
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      ) : null}
      {error === null ? null : <ErrorInPlace error={error} />}
      <div className="acts">
        <Button type="submit" tone="stop" disabled={!mayDelete} aria-busy={isPending}>
          {says}
        </Button>
        <Button tone="bare" onClick={onClose}>
          Keep it
        </Button>
      </div>
    </form>
  )
}
