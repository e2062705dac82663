'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ChevronDown, Copy, Layers, Link as LinkIcon, Save } from 'lucide-react'
import { useTRPC } from '../../trpc/client.tsx'
import { Button } from '../../ui/Button.tsx'
import { Menu } from '../../ui/Menu.tsx'
import { useToasts } from '../../ui/Toasts.tsx'
import { commandOf } from './commandOf.ts'
import { linkOf } from './deepLink.ts'
import { choicesOf, hasWork, type Task } from './task.ts'

const TIMES = [2, 3, 5] as const
const NOTHING_YET = 'Nothing is written yet'

interface SendButtonProps {
  readonly task: Task
  readonly replace: (task: Task) => void
  readonly onSend: (attempts: number) => void
  readonly onAsk: () => void
}

/** Run, and beside it the other ways to go on with what is written. */
export function SendButton({ task, replace, onSend, onAsk }: SendButtonProps) {
  const keep = useKeep(task, replace)
  const toasts = useToasts()
  const off = hasWork(task) ? undefined : NOTHING_YET
  const copy = (text: string, what: string) => {
    navigator.clipboard?.writeText(text).then(
      () => toasts.show({ text: `Copied the ${what}` }),
      () => toasts.show({ text: `This browser gives no clipboard here. ${text}` }),
    )
  }
  return (
    <div className="run">
      <span className="split">
        <Button tone="go" className="send" type="submit">
          Run <kbd>⌘↵</kbd>
        </Button>
        <Menu
          name="More ways to run"
          items={[
            ...TIMES.map((n) => ({
              label: `Run ${n} times, to compare`,
              icon: Layers,
              mark: `×${n}`,
              off,
              onSelect: () => (task.prompt.trim() === '' ? onAsk() : onSend(n)),
            })),
            { label: 'Save without starting', icon: Save, off, starts: true, onSelect: keep },
            {
              label: 'Copy as a command',
              icon: Copy,
              off,
              onSelect: () => copy(commandOf(task), 'command'),
            },
            {
              label: 'Copy as a link',
              icon: LinkIcon,
              off,
              onSelect: () => copy(`${window.location.origin}${linkOf(task)}`, 'link'),
            },
          ]}
          trigger={(props) => (
            <button {...props} type="button" className="btn go split-more" aria-label="More ways to run">
              <ChevronDown className="i s" aria-hidden="true" />
            </button>
          )}
        />
      </span>
    </div>
  )
}

/** Puts the task aside and makes room for another. */
function useKeep(task: Task, replace: (task: Task) => void): () => void {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const toasts = useToasts()
  const keep = useMutation(
    trpc.drafts.keep.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries(trpc.drafts.list.pathFilter())
        toasts.show({ text: 'Saved without starting' })
      },
    }),
  )
  return () => {
    // What could not be kept comes back.
    keep.mutate({ draft: task }, { onError: () => replace(task) })
    replace(choicesOf(task))
  }
}
