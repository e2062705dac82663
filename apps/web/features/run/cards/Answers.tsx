'use client'

import { type KeyboardEvent, useState } from 'react'
import { Button } from '../../../ui/Button.tsx'
import { TextField } from '../../../ui/Field.tsx'
import type { useAnswer } from './useAnswer.ts'

interface AnswersProps {
  readonly agent: string
  readonly answer: ReturnType<typeof useAnswer>
  /** The words on the buttons. */
  readonly once: string
  readonly deny: string
  /** There is a rule for it, so it can be allowed for longer than once. */
  readonly isLasting: boolean
  readonly isNoteless?: boolean
}

/** None of them is filled: what runs cannot be undone, and no key but Tab and Enter reaches them. */
export function Answers({ agent, answer, once, deny, isLasting, isNoteless = false }: AnswersProps) {
  const [isDenying, setIsDenying] = useState(false)
  const { give, isGiven } = answer
  if (isDenying) return <Denial answer={answer} onBack={() => setIsDenying(false)} />
  return (
    <div className="acts even" aria-busy={isGiven}>
      <Button onClick={() => give('allow-once')} aria-disabled={isGiven}>
        {once}
      </Button>
      {isLasting ? (
        <Button onClick={() => give('allow-run')} aria-disabled={isGiven}>
          For this run
        </Button>
      ) : null}
      <Button onClick={() => (isNoteless ? give('deny') : setIsDenying(true))} aria-disabled={isGiven}>
        {deny}
      </Button>
      {isLasting ? (
        <Button tone="bare" onClick={() => give('allow-agent')} aria-disabled={isGiven}>
          Always for {agent}
        </Button>
      ) : null}
    </div>
  )
}

function Denial({ answer, onBack }: { answer: AnswersProps['answer']; onBack: () => void }) {
  const [note, setNote] = useState('')
  const deny = () => answer.give('deny', note)
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onBack()
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) deny()
  }
  return (
    <div className="denial">
      <TextField
        label="What should it do instead?"
        hint="The agent reads it. It may be left empty."
        rows={2}
        autoFocus
        value={note}
        onChange={(event) => setNote(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div className="acts">
        <Button onClick={deny} aria-busy={answer.isGiven}>
          Deny
        </Button>
        <Button tone="bare" onClick={onBack}>
          Back
        </Button>
      </div>
    </div>
  )
}
