'use client'

import { useSearchParams } from 'next/navigation'
import {
  type KeyboardEvent,
  type SubmitEvent,
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { useKeys } from '../shell/keys.ts'
import { Arriving } from '../../ui/Arriving.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { Button } from '../../ui/Button.tsx'
import { lazy } from '../../ui/lazy.ts'
import { useSteady } from '../../ui/useSteady.ts'
import { Chips } from './Chips.tsx'
import { leaveQuery } from './leaveQuery.ts'
import { SendButton } from './SendButton.tsx'
import { choicesOf, hasWork, type Task, withChange } from './task.ts'
import { useAttachments } from './useAttachments.ts'
import type { NotSent } from './useFire.ts'
import { usePreflight } from './usePreflight.ts'
import { useTask } from './useTask.ts'

const Attachments = lazy(() => import('./Attachments.tsx').then(({ Attachments: it }) => ({ default: it })))
const PreflightLine = lazy(() => import('./PreflightLine.tsx').then(({ PreflightLine: it }) => ({ default: it })))
const KeptDrafts = lazy(() => import('./KeptDrafts.tsx').then(({ KeptDrafts: it }) => ({ default: it })))

interface ComposerProps {
  readonly onFire: (task: Task, attempts: number) => void
  /** What came back unsent. */
  readonly notSent: NotSent | null
  readonly onNotSentDone: () => void
}

/** The task, what it may use, and the way off. Sending clears at once; what is refused comes back. */
export function Composer({ onFire, notSent, onNotSentDone }: ComposerProps) {
  const { task, change, replace, sent } = useTask()
  const box = useRef<HTMLTextAreaElement>(null)
  const preflight = usePreflight(task)
  const files = useAttachments(task, change)
  const choices = useChoices(task)
  const [onChange, onFiles] = [useSteady(change), useSteady(files.add)]
  const onUsualAgent = useSteady(() => change({ agent: undefined }))
  const [isAsked, setIsAsked] = useState(false)
  useFocus(box)
  useTypedEarly(box, (prompt) => change({ prompt }))
  usePutBack({ notSent, task, replace })
  const send = (attempts = 1) => {
    // As it stands in the box: what was typed a moment ago may not have been taken in yet.
    const prompt = box.current?.value ?? task.prompt
    setIsAsked(prompt.trim() === '')
    if (prompt.trim() === '' || files.isSending) return box.current?.focus()
    onFire(prompt === task.prompt ? task : withChange(task, { prompt }), attempts)
    sent()
    box.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    // Out of the text, where the keys of the list are.
    if (event.key === 'Escape' && event.target === box.current) box.current.blur()
    if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return
    event.preventDefault()
    send()
  }
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault()
    send()
  }
  return (
    <>
      <form className="slip composer" aria-label="New run" onSubmit={onSubmit} onKeyDown={onKeyDown} {...files.drop}>
        <label className="vh" htmlFor="task">
          What should be done?
        </label>
        <textarea
          id="task"
          ref={box}
          rows={2}
          placeholder="What should be done?"
          value={task.prompt}
          aria-describedby="task-note"
          onChange={(event) => {
            setIsAsked(false)
            // Whoever changes it has read why it came back.
            if (notSent?.task.prompt === task.prompt) onNotSentDone()
            change({ prompt: event.target.value })
          }}
          onPaste={files.onPaste}
        />
        {task.inputs.length + files.sending.length === 0 ? null : (
          <Arriving>
            <Attachments task={task} files={files} change={change} />
          </Arriving>
        )}
        <div className="ctl">
          <Chips task={choices} plan={preflight.data?.plan ?? null} change={onChange} onFiles={onFiles} />
          <SendButton task={task} replace={replace} onSend={send} onAsk={() => setIsAsked(true)} />
        </div>
        <p id="task-note" className="composer-note" role="status">
          {isAsked
            ? 'Say in a sentence what should be done.'
            : files.isSending
              ? 'The files are on their way; then it can be sent.'
              : ''}
        </p>
        {notSent === null ? null : (
          <div className="composer-back">
            <ErrorInPlace
              error={notSent.error}
              remedy={
                hasWork(task) && task.prompt !== notSent.task.prompt ? (
                  <Button onClick={() => replace(notSent.task)}>Put it back</Button>
                ) : null
              }
            />
          </div>
        )}
        <Arriving fallback={<p className="pre">Checking</p>}>
          <PreflightLine answer={preflight.data} error={preflight.error} onUsualAgent={onUsualAgent} />
        </Arriving>
      </form>
      <Arriving>
        <KeptDrafts task={task} replace={replace} />
      </Arriving>
    </>
  )
}

/** The task without its text and files: the same one until something of it changes, so that a key does not draw all chips anew. */
function useChoices(task: Task): Task {
  const now = choicesOf(task)
  const [choices, setChoices] = useState(now)
  if (JSON.stringify(now) === JSON.stringify(choices)) return choices
  setChoices(now)
  return now
}

/** On a slow line somebody types before the page is alive. */
function useTypedEarly(box: React.RefObject<HTMLTextAreaElement | null>, take: (prompt: string) => void): void {
  const onAlive = useEffectEvent(() => {
    const typed = box.current?.value ?? ''
    if (typed !== '' && typed !== box.current?.defaultValue) take(typed)
  })
  // The external system is the box as the browser had it. Before anything is drawn: a press may wait for this, too.
  useLayoutEffect(() => onAlive(), [])
}

/** On load, by `c` from anywhere (`/?new`), and by `c` here. Not on phones: a keyboard would cover what needs a person. */
function useFocus(box: React.RefObject<HTMLTextAreaElement | null>): void {
  const wantsNew = useSearchParams().has('new')
  useKeys({ c: () => box.current?.focus() })
  // The external system is the focus of the browser.
  useEffect(() => {
    if (wantsNew) leaveQuery()
    if (wantsNew || matchMedia('(hover: hover)').matches) box.current?.focus({ preventScroll: !wantsNew })
  }, [wantsNew, box])
}

/** A task that was not sent goes back into the empty box; over what was written since, only when asked. */
function usePutBack({
  notSent,
  task,
  replace,
}: {
  notSent: NotSent | null
  task: Task
  replace: (task: Task) => void
}): void {
  const putBack = useEffectEvent(() => {
    if (notSent !== null && !hasWork(task)) replace(notSent.task)
  })
  // The external system is the server, which answered.
  useEffect(() => putBack(), [notSent])
}
