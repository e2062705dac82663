'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Copy, Layers, Link as LinkIcon, Save } from 'lucide-react'
import { useTRPC } from '../../trpc/client.tsx'
import { MenuList } from '../../ui/MenuList.tsx'
import { useToasts } from '../../ui/Toasts.tsx'
import { commandOf } from './commandOf.ts'
import { linkOf } from './linkOf.ts'
import { choicesOf, hasWork, type Task } from './task.ts'

const TIMES = [2, 3, 5] as const
const NOTHING_YET = 'Nothing is written yet'

export interface MoreWaysProps {
  readonly task: Task
  readonly replace: (task: Task) => void
  readonly onSend: (attempts: number) => void
  readonly onAsk: () => void
}

/** Other ways to go on with what is written than to run it once. */
export function MoreWays({ task, replace, onSend, onAsk, close }: MoreWaysProps & { close: () => void }) {
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
    <MenuList
      name="More ways to run"
      close={close}
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
    />
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
