'use client'

import type { AppRouter } from '@errand/surfaces'
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query'
import {
  createTRPCClient,
  createWSClient,
  httpBatchLink,
  splitLink,
  type TRPCClient,
  TRPCClientError,
  type TRPCLink,
  wsLink,
} from '@trpc/client'
import { tap } from '@trpc/server/observable'
import { createTRPCContext } from '@trpc/tanstack-react-query'
import { type ReactNode, useState } from 'react'
import { makeQueryClient } from './queryClient.ts'
import { reach } from './reach.ts'
import { goSignIn } from './signedOut.ts'

const context = createTRPCContext<AppRouter>()
export const { useTRPC, useTRPCClient } = context

let browserQueries: QueryClient | undefined

function queryClient(): QueryClient {
  if (typeof window === 'undefined') return makeQueryClient()
  browserQueries ??= makeQueryClient()
  return browserQueries
}

/** The server's word for a session that ended while its page was open (apps/api/sockets.ts). */
const SIGNED_OUT = 4401

/** One WebSocket a tab for everything live, opened with the first subscription; the rest in batches over HTTP. */
function makeClient(): TRPCClient<AppRouter> {
  const isServer = typeof window === 'undefined'
  const http = httpBatchLink({ url: '/trpc', maxURLLength: 2000 })
  if (isServer) return createTRPCClient<AppRouter>({ links: [http] })
  const socket = createWSClient({
    url: `${window.location.origin.replace(/^http/, 'ws')}/trpc`,
    lazy: { enabled: true, closeMs: 10_000 },
    keepAlive: { enabled: true, intervalMs: 20_000, pongTimeoutMs: 5_000 },
    retryDelayMs: (attempt) => Math.min(250 * 2 ** attempt, 5_000),
    onClose: (cause) => {
      if (cause?.code === SIGNED_OUT) goSignIn()
    },
  })
  const live = wsLink<AppRouter>({ client: socket })
  return createTRPCClient<AppRouter>({
    links: [noteAnswers, splitLink({ condition: ({ type }) => type === 'subscription', true: live, false: http })],
  })
}

/** Tells who watches the line whether there was an answer, and sends whoever is signed out to sign in. */
const noteAnswers: TRPCLink<AppRouter> =
  () =>
  ({ op, next }) =>
    next(op).pipe(
      tap({
        next: () => reach.note(true),
        error: (error) => {
          if (!(error instanceof TRPCClientError) || op.signal?.aborted === true) return
          if (error.data?.httpStatus === 401) return goSignIn()
          if (op.type !== 'subscription') reach.note(error.data !== undefined)
        },
      }),
    )

export function DataProvider({ children }: { children: ReactNode }) {
  const queries = queryClient()
  const [client] = useState(makeClient)
  return (
    <QueryClientProvider client={queries}>
      <context.TRPCProvider trpcClient={client} queryClient={queries}>
        {children}
      </context.TRPCProvider>
    </QueryClientProvider>
  )
}
