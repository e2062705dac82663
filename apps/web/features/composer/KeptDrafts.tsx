'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ChevronDown, PencilLine } from 'lucide-react'
import { titleOf } from '@errand/domain'
import { useTRPC } from '../../trpc/client.tsx'
import { Button } from '../../ui/Button.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { counted } from '../../ui/format/amount.ts'
import { Ago } from '../../ui/Time.tsx'
import { hasWork, type Task } from './task.ts'

/** Tasks that were put aside. Taking one up puts aside what is being written. */
export function KeptDrafts({ task, replace }: { task: Task; replace: (task: Task) => void }) {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const kept = useQuery(trpc.drafts.list.queryOptions())
  const again = () => queries.invalidateQueries(trpc.drafts.list.pathFilter())
  const remove = useMutation(trpc.drafts.remove.mutationOptions({ onSettled: again }))
  const keep = useMutation(trpc.drafts.keep.mutationOptions({ onSettled: again }))
  if (kept.data === undefined || kept.data.length === 0) return null
  const takeUp = async ({ id, draft }: NonNullable<typeof kept.data>[number]) => {
    if (hasWork(task)) await keep.mutateAsync({ draft: task })
    replace(draft)
    remove.mutate({ id })
  }
  return (
    <details className="fold kept">
      <summary>
        <PencilLine className="i s" aria-hidden="true" />
        {counted(kept.data.length, 'draft')} kept
        <ChevronDown className="i s" aria-hidden="true" />
      </summary>
      <ul className="list">
        {kept.data.map((one) => (
          <li key={one.id}>
            <span>
              <b>{titleOf(one.draft.prompt) || 'Files without a word'}</b>{' '}
              <span className="small three">
                <Ago at={one.updatedAt} />
              </span>
            </span>
            <span className="acts">
              <Button onClick={() => void takeUp(one).catch(() => undefined)}>
                Take up<span className="vh"> {titleOf(one.draft.prompt)}</span>
              </Button>
              <Button tone="bare" onClick={() => remove.mutate({ id: one.id })}>
                Remove<span className="vh"> {titleOf(one.draft.prompt)}</span>
              </Button>
            </span>
          </li>
        ))}
      </ul>
      {(keep.error ?? remove.error) === null ? null : <ErrorInPlace error={keep.error ?? remove.error} />}
    </details>
  )
}
