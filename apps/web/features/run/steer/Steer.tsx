'use client'

import type { NoteTime } from '@errand/contracts'
import { isTerminal } from '@errand/domain'
import { ArrowUp, CornerDownRight } from 'lucide-react'
import { type FormEvent, type KeyboardEvent, useId } from 'react'
import { Button } from '../../../ui/Button.tsx'
import { ErrorInPlace } from '../../../ui/ErrorInPlace.tsx'
import { type Segment, Segmented } from '../../../ui/Segmented.tsx'
import type { RunView } from '../types.ts'
import type { Steering } from './useSteer.ts'

const TIMES: readonly Segment<NoteTime>[] = [
  { value: 'after-step', label: 'After this step' },
  { value: 'next-turn', label: 'At the next turn' },
]

/** At a desk: below the timeline, in sight however long that is. */
export function Steer({ run, steering }: { run: RunView; steering: Steering }) {
  return (
    <div className="steering">
      <Notes run={run} steering={steering} />
      {steering.isPossible ? (
        <div className="no-phone">
          <Box steering={steering} isDocked={false} />
        </div>
      ) : null}
      {steering.error === null ? null : <ErrorInPlace error={steering.error} />}
    </div>
  )
}

/** On phones it takes the place of the bottom bar. */
export function SteerDock({ steering }: { steering: Steering }) {
  if (!steering.isPossible) return null
  return (
    <div className="dock only-phone">
      <Box steering={steering} isDocked />
    </div>
  )
}

function Box({ steering, isDocked }: { steering: Steering; isDocked: boolean }) {
  const id = useId()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    steering.send()
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) steering.send()
    if (event.key === 'Escape') event.currentTarget.blur()
  }
  const when = (
    <Segmented name="When it reads this" segments={TIMES} value={steering.when} onChange={steering.setWhen} />
  )
  return (
    <form className="steer" aria-label="Steer" onSubmit={submit}>
      {isDocked ? when : null}
      <label className="vh" htmlFor={id}>
        Tell the agent something
      </label>
      <textarea
        id={id}
        rows={isDocked ? 1 : 2}
        placeholder="Tell the agent something"
        maxLength={20_000}
        value={steering.text}
        onChange={(event) => steering.setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div className="ctl">
        {isDocked ? null : when}
        <Button type="submit" tone="go" icon={ArrowUp} square={isDocked} aria-busy={steering.isSending}>
          Send
        </Button>
      </div>
    </form>
  )
}

const WAITS: Readonly<Record<NoteTime, string>> = {
  'after-step': 'Queued for after this step',
  'next-turn': 'Queued for the next turn',
}

function Notes({ run, steering }: { run: RunView; steering: Steering }) {
  const isOver = isTerminal(run.state.status)
  return run.state.notes.map((note) => (
    <p key={note.id} className="queued">
      <CornerDownRight className="i s" aria-hidden="true" />
      <span>
        {isOver ? 'Never reached the agent' : WAITS[note.when]}: “{note.text}”
      </span>
      {isOver ? null : (
        <Button tone="bare" onClick={() => steering.remove(note.id)}>
          Remove
        </Button>
      )}
    </p>
  ))
}
