'use client'

import type { UseQueryResult } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useRouter, useSearchParams } from 'next/navigation'
import type { ReactNode } from 'react'
import { Button } from '../../ui/Button.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { LoadingRows } from '../../ui/LoadingRows.tsx'
import { useCommands } from './commands.tsx'

interface AddableListProps<T> {
  readonly path: string
  readonly title: string
  /** How one of them is called, after `a`. */
  readonly noun: string
  readonly lead: string
  readonly list: Pick<UseQueryResult<readonly T[], unknown>, 'data' | 'dataUpdatedAt' | 'error' | 'isPending'> & {
    readonly refetch: () => unknown
  }
  /** Filled in with what the address says. */
  readonly form: (asked: URLSearchParams, close: () => void) => ReactNode
  /** What it means that there is none. */
  readonly none: string
  readonly children: (rows: readonly T[]) => ReactNode
}

/** A page of things that one can add to: `?add` opens the form, from a link, from the palette and from the button. */
export function AddableList<T>({ path, title, noun, lead, list, form, none, children }: AddableListProps<T>) {
  const router = useRouter()
  const search = useSearchParams()
  const isAdding = search.has('add')
  const add = () => router.push(`${path}?add`, { scroll: false })
  const close = () => router.replace(path, { scroll: false })
  useCommands([{ id: `${noun}-add`, name: `Add a ${noun}`, icon: Plus, run: add }])
  return (
    <>
      <div className="head">
        <div className="grow">
          <h1>{title}</h1>
          <p className="lead">{lead}</p>
        </div>
        <div className="acts">
          {isAdding ? null : (
            <Button tone="go" icon={Plus} onClick={add}>
              Add a {noun}
            </Button>
          )}
        </div>
      </div>
      {isAdding ? form(new URLSearchParams(search), close) : null}
      {list.error === null ? null : (
        <ErrorInPlace
          error={list.error}
          retry={() => void list.refetch()}
          since={list.data === undefined ? undefined : new Date(list.dataUpdatedAt).toISOString()}
        />
      )}
      {list.isPending ? <LoadingRows of={`Reading the ${title.toLowerCase()}`} /> : null}
      {list.data?.length === 0 && !isAdding ? (
        <Empty title={`No ${noun} yet.`} action={<Button onClick={add}>Add the first one</Button>}>
          {none}
        </Empty>
      ) : null}
      {list.data === undefined || list.data.length === 0 ? null : children(list.data)}
    </>
  )
}
