'use client'

import { useQuery } from '@tanstack/react-query'
import { useSearchParams } from 'next/navigation'
import { useState } from 'react'
import { Arriving } from '../../ui/Arriving.tsx'
import { lazy } from '../../ui/lazy.ts'
import { Composer } from '../composer/Composer.tsx'
import { type NotSent, useFire } from '../composer/useFire.ts'
import { firstRunOf } from '../firstRun/isFirstRun.ts'
import { Runs } from '../runs/Runs.tsx'
import { useRunGroups } from '../runs/useRunGroups.ts'
import { useTRPC } from '../../trpc/client.tsx'

const FirstRun = lazy(() => import('../firstRun/FirstRun.tsx').then(({ FirstRun: it }) => ({ default: it })))

/** Send a task off; see what needs you, what came back, and what goes on. Before all that: the first errand. */
export function Home() {
  const first = useFirstRun()
  if (first === null) return <Desk />
  return (
    <Arriving>
      <FirstRun run={first.run} onOwnTask={first.leave} />
    </Arriving>
  )
}

function Desk() {
  const [notSent, setNotSent] = useState<NotSent | null>(null)
  const { fire, outgoing } = useFire({ onNotSent: setNotSent })
  return (
    <>
      <h1 className="vh">Runs</h1>
      <Composer
        notSent={notSent}
        onNotSentDone={() => setNotSent(null)}
        onFire={(task, attempts) => {
          setNotSent(null)
          fire(task, attempts)
        }}
      />
      <Runs outgoing={outgoing} />
    </>
  )
}

/** Whoever asks for something (a link that fills the form, a filter, `c`) is past it for as long as the page stands. */
function useFirstRun() {
  const groups = useRunGroups().data
  const credentials = useQuery(useTRPC().credentials.list.queryOptions()).data
  const isAsked = useSearchParams().size > 0
  const [isPast, setIsPast] = useState(isAsked)
  if (isAsked && !isPast) setIsPast(true)
  if (isPast || groups === undefined || credentials === undefined) return null
  const first = firstRunOf(groups, credentials)
  return first === null ? null : { ...first, leave: () => setIsPast(true) }
}
