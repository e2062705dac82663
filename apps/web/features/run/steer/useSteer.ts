'use client'

import type { NoteTime } from '@errand/contracts'
import { isTerminal } from '@errand/domain'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTRPC } from '../../../trpc/client.tsx'
import type { RunView } from '../types.ts'

export interface Steering {
  /** Only a living agent reads notes; a script reads none. */
  readonly isPossible: boolean
  readonly text: string
  readonly setText: (text: string) => void
  readonly when: NoteTime
  readonly setWhen: (when: NoteTime) => void
  readonly send: () => void
  readonly isSending: boolean
  readonly remove: (noteId: string) => void
  readonly error: unknown
}

/** What a person tells the agent on the way. One draft, whichever of the two boxes is seen. */
export function useSteer(run: RunView): Steering {
  const trpc = useTRPC()
  const [text, setText] = useState('')
  const [when, setWhen] = useState<NoteTime>('after-step')
  const send = useMutation({
    ...trpc.runs.sendNote.mutationOptions(),
    // Cleared at once; what could not be sent comes back, unless something new was written meanwhile.
    onError: (_error, sent) => setText((now) => (now === '' ? sent.text : now)),
  })
  const remove = useMutation(trpc.runs.removeNote.mutationOptions())
  return {
    isPossible: run.runtime === 'claude-code' && !isTerminal(run.state.status) && run.desired === 'done',
    text,
    setText,
    when,
    setWhen,
    send: () => {
      if (text.trim() === '' || send.isPending) return
      send.mutate({ runId: run.id, text: text.trim(), when })
      setText('')
    },
    isSending: send.isPending,
    remove: (noteId) => remove.mutate({ runId: run.id, noteId }),
    error: send.error ?? remove.error,
  }
}
