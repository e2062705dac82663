import type { FaultWire } from '@errand/contracts'
import type { AppRouter } from '@errand/surfaces'
import { createTRPCClient, httpBatchLink, type TRPCClient } from '@trpc/client'
import type { CliConfig } from '../config.ts'
import { CliError, EXIT } from '../exit.ts'
import { findPlace, type Place } from './place.ts'

/** An Errand to talk to. */
export interface Errand {
  readonly place: Place
  readonly api: TRPCClient<AppRouter>
  /** A byte route; throws what the server refused as `api` does. */
  fetch(path: string, init?: Omit<RequestInit, 'headers'>): Promise<Response>
}

export function connect(config: CliConfig): Errand {
  return connectTo(findPlace(config))
}

export function connectTo(place: Place): Errand {
  const headers = { authorization: `Bearer ${place.token}` }
  const reached = reach(place)
  return {
    place,
    api: createTRPCClient<AppRouter>({
      links: [
        httpBatchLink({
          url: `${place.address}/trpc`,
          headers,
          fetch: (url, init) => reached(url, init as RequestInit),
        }),
      ],
    }),
    fetch: async (path, init = {}) => {
      const response = await reached(`${place.address}${path}`, {
        ...init,
        headers,
      })
      if (!response.ok) throw await refusal(response)
      return response
    },
  }
}

/** `fetch` that names the address when nothing answers there. */
function reach({ address }: Place): typeof fetch {
  return async (url, init) => {
    try {
      return await fetch(url, init)
    } catch (error) {
      if (init?.signal?.aborted === true) throw error
      throw new CliError(
        EXIT.unreachable,
        `Errand does not answer at ${address}.`,
        'Start it with `npm start`, or name another with ERRAND_URL.',
      )
    }
  }
}

async function refusal(response: Response): Promise<unknown> {
  const text = await response.text()
  try {
    return { data: { fault: JSON.parse(text) as FaultWire, httpStatus: response.status } }
  } catch {
    // Not ours: something else answers at this address.
    return new CliError(
      EXIT.unreachable,
      `${response.url} answered ${response.status} in words that are not Errand's.`,
      'Check the address.',
    )
  }
}
