import 'server-only'

import type { AppRouter } from '@errand/surfaces'
import { dehydrate, HydrationBoundary, type QueryClient } from '@tanstack/react-query'
import type { TRPCOptionsProxy } from '@trpc/tanstack-react-query'
import { headers } from 'next/headers'
import { notFound, redirect } from 'next/navigation'
import { cache, type ReactNode } from 'react'
import { apiUrl } from '../config.ts'
import type { DoorState } from '../features/account/door.ts'
import { askInBatches } from './askInBatches.ts'
import { CallError } from './callError.ts'
import { optionsOf } from './procedures.ts'
import { makeQueryClient } from './queryClient.ts'

export const queries = cache(makeQueryClient)

/** The api as the person who asked for this page, over loopback. */
export const api = cache(async (): Promise<TRPCOptionsProxy<AppRouter>> => {
  const cookie = (await headers()).get('cookie') ?? ''
  return optionsOf(askInBatches({ url: `${apiUrl()}/trpc`, headers: { cookie } }))
})

interface Prefetched {
  readonly queries: QueryClient
  readonly trpc: TRPCOptionsProxy<AppRouter>
}

/**
 * Runs `load` for this page, with `queries.fetchQuery` for what must be there and `queries.prefetchQuery` for the rest
 * (that one swallows what went wrong). Who is not signed in is sent to the sign-in page and back; an address that names
 * nothing has the page for that; any other failure is left to the part of the page that shows the data, which can say it
 * and try again.
 */
export async function prefetch(load: (given: Prefetched) => Promise<unknown>): Promise<void> {
  try {
    await load({ queries: queries(), trpc: await api() })
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    const status = error.data?.httpStatus
    if (status === 404 || status === 400) notFound()
    if (status !== 401) return
    const path = (await headers()).get('x-errand-path') ?? '/'
    redirect(`/sign-in?next=${encodeURIComponent(path)}`)
  }
}

export function Hydrated({ children }: { children: ReactNode }) {
  return <HydrationBoundary state={dehydrate(queries())}>{children}</HydrationBoundary>
}

/** Who can sign in and how, asked for somebody who is not in yet. */
export async function readDoorOnServer(): Promise<DoorState> {
  const answer = await fetch(`${apiUrl()}/auth/state`, { cache: 'no-store' })
  if (!answer.ok) throw new Error(`/auth/state answered ${answer.status}`)
  return (await answer.json()) as DoorState
}
