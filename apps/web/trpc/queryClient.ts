import { defaultShouldDehydrateQuery, QueryClient } from '@tanstack/react-query'

/** Server and browser share these rules: what was just prefetched is not fetched again at hydration. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { staleTime: 15_000, retry: 2, refetchOnWindowFocus: true },
      dehydrate: {
        shouldDehydrateQuery: (query) => defaultShouldDehydrateQuery(query) || query.state.status === 'pending',
      },
    },
  })
}
