import { defaultShouldDehydrateQuery, QueryClient } from '@tanstack/react-query'
import { faultOfError } from './fault.ts'

const TRIES_AGAIN = 2

/** Server and browser share these rules: what was just prefetched is not fetched again at hydration. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { staleTime: 15_000, retry, refetchOnWindowFocus: true },
      dehydrate: {
        shouldDehydrateQuery: (query) => defaultShouldDehydrateQuery(query) || query.state.status === 'pending',
      },
    },
  })
}

/** An answer that says no is an answer. While a page is made nothing is tried again: the page is there sooner, and can. */
function retry(failures: number, error: Error): boolean {
  return typeof window !== 'undefined' && failures < TRIES_AGAIN && faultOfError(error) === null
}
