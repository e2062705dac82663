'use client'

import type { AppRouter } from '@errand/surfaces'
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query'
import type { TRPCClient } from '@trpc/client'
import type { TRPCOptionsProxy } from '@trpc/tanstack-react-query'
import { createContext, type ReactNode, use, useState } from 'react'
import { type Ask, askInBatches, type Call } from './askInBatches.ts'
import { CallError } from './callError.ts'
import { LiveSocket } from './liveSocket.ts'
import { clientOf, optionsOf } from './procedures.ts'
import { makeQueryClient } from './queryClient.ts'
import { reach } from './reach.ts'
import { goSignIn } from './signedOut.ts'

interface Procedures {
  readonly client: TRPCClient<AppRouter>
  readonly options: TRPCOptionsProxy<AppRouter>
}

const ProceduresContext = createContext<Procedures | null>(null)

/** What a procedure gives, for `useQuery` and `useMutation`. */
export function useTRPC(): TRPCOptionsProxy<AppRouter> {
  return useProcedures().options
}

/** The procedures themselves. */
export function useTRPCClient(): TRPCClient<AppRouter> {
  return useProcedures().client
}

function useProcedures(): Procedures {
  const procedures = use(ProceduresContext)
  if (procedures === null) throw new Error('a part of the page stands outside of the DataProvider')
  return procedures
}

let browserQueries: QueryClient | undefined

function queryClient(): QueryClient {
  if (typeof window === 'undefined') return makeQueryClient()
  browserQueries ??= makeQueryClient()
  return browserQueries
}

/** The server's word for a session that ended while its page was open (apps/api/sockets.ts). */
const SIGNED_OUT = 4401

/** One WebSocket a tab for everything live, opened with the first subscription; the rest in batches over HTTP. */
function makeProcedures(): Procedures {
  const ask = noteAnswers(askInBatches({ url: '/trpc' }))
  let socket: LiveSocket | undefined
  const client = clientOf(ask, (asked) => {
    socket ??= openSocket()
    return socket.listen({
      ...asked,
      onData: (data) => {
        reach.note(true)
        asked.onData?.(data)
      },
      onError: (error) => {
        if (error.data?.httpStatus === 401) goSignIn()
        else asked.onError?.(error)
      },
    })
  })
  return { client, options: optionsOf(ask) }
}

function openSocket(): LiveSocket {
  const socket = new LiveSocket({
    url: `${window.location.origin.replace(/^http/, 'ws')}/trpc`,
    onClosed: (code) => code === SIGNED_OUT && goSignIn(),
  })
  window.addEventListener('online', () => socket.renew())
  return socket
}

/** Tells who watches the line whether there was an answer, and sends whoever is signed out to sign in. */
function noteAnswers(ask: Ask): Ask {
  return async (call: Call) => {
    try {
      const data = await ask(call)
      reach.note(true)
      return data
    } catch (error) {
      if (error instanceof CallError && call.signal?.aborted !== true) {
        if (error.data?.httpStatus === 401) goSignIn()
        else reach.note(error.data !== undefined)
      }
      throw error
    }
  }
}

export function DataProvider({ children }: { children: ReactNode }) {
  const queries = queryClient()
  const [procedures] = useState(makeProcedures)
  return (
    <QueryClientProvider client={queries}>
      <ProceduresContext value={procedures}>{children}</ProceduresContext>
    </QueryClientProvider>
  )
}
