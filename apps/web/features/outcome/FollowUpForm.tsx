'use client'

import { CornerDownRight } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'
import { Button } from '../../ui/Button.tsx'
import { TextField } from '../../ui/Field.tsx'
import { type Run } from './outcomeOf.ts'
import { hasBranch } from './remedies.ts'
import type { GoOn } from './useGoOn.ts'

interface FollowUpFormProps {
  readonly run: Run
  readonly goOn: GoOn
  readonly onClose: () => void
}

/** What the next run shall do with this one's work, in a person's words. */
export function FollowUpForm({ run, goOn, onClose }: FollowUpFormProps) {
  const [text, setText] = useState('')
  const send = () => {
    if (text.trim() !== '') goOn.followUp({ text }, onClose)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onClose()
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) send()
  }
  return (
    <form
      className="follow-up"
      onKeyDown={onKeyDown}
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <TextField
        label="What shall be different"
        hint={
          hasBranch(run)
            ? 'A new run of the same agent begins on this branch and is told the task and what you write.'
            : 'This run left no branch: a new one begins where it began, and is told the task and what you write.'
        }
        rows={3}
        value={text}
        autoFocus
        onChange={(event) => setText(event.target.value)}
      />
      <div className="acts">
        <Button tone="go" type="submit" icon={CornerDownRight} disabled={text.trim() === ''} aria-busy={goOn.isPending}>
          Continue from here
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </form>
  )
}
