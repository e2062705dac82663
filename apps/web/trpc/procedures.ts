import type { AppRouter } from '@errand/surfaces'
import { skipToken } from '@tanstack/react-query'
import type { TRPCClient } from '@trpc/client'
import type { TRPCOptionsProxy } from '@trpc/tanstack-react-query'
import type { Ask } from './askInBatches.ts'
import type { Listener } from './liveSocket.ts'

type Listen = (asked: { readonly path: string; readonly input: unknown } & Listener) => () => void
type Options = Readonly<Record<string, unknown>> | undefined

/** `client.runs.get.query(input)`, typed by the router. */
export function clientOf(ask: Ask, listen: Listen): TRPCClient<AppRouter> {
  return named((names, [input, options]: [unknown, { signal?: AbortSignal } & Listener]) => {
    const path = names.slice(0, -1).join('.')
    switch (names.at(-1)) {
      case 'query':
        return ask({ type: 'query', path, input, signal: options?.signal })
      case 'mutate':
        return ask({ type: 'mutation', path, input })
      case 'subscribe':
        return { unsubscribe: listen({ path, input, ...options }) }
      default:
        throw new Error(`a procedure has no ${names.at(-1)}`)
    }
  })
}

/** `trpc.runs.get.queryOptions(input)` for TanStack Query, with the keys that `@trpc/tanstack-react-query` gives. */
export function optionsOf(ask: Ask): TRPCOptionsProxy<AppRouter> {
  return named((names, [first, second]: [unknown, Options]) => {
    const path = names.slice(0, -1)
    const call = { path: path.join('.'), type: 'query' } as const
    const queryKey = [path, { ...(first === undefined || first === skipToken ? {} : { input: first }), type: 'query' }]
    switch (names.at(-1)) {
      case 'queryOptions':
        return { ...second, queryKey, queryFn: first === skipToken ? first : () => ask({ ...call, input: first }) }
      case 'queryKey':
        return queryKey
      case 'queryFilter':
        return { ...second, queryKey }
      case 'pathFilter':
        return { ...(first as Options), queryKey: [path] }
      case 'mutationOptions':
        return {
          ...(first as Options),
          mutationKey: [path],
          mutationFn: (input: unknown) => ask({ ...call, type: 'mutation', input }),
        }
      default:
        throw new Error(`a procedure has no ${names.at(-1)}`)
    }
  })
}

/** Whatever is named and then called. What the names may be is the business of the types. */
function named<Named, Args extends unknown[]>(act: (names: readonly string[], args: Args) => unknown): Named {
  const at = (names: readonly string[]): unknown =>
    new Proxy(() => undefined, {
      // Not a promise: `await` would call it.
      get: (_target, name) => (typeof name === 'string' && name !== 'then' ? at([...names, name]) : undefined),
      apply: (_target, _this, args: unknown[]) => act(names, args as Args),
    })
  return at([]) as Named
}
