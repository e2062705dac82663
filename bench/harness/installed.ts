import { Installation } from '@errand/e2e/installation'
import type { AppRouter } from '@errand/surfaces'
import { createTRPCClient, httpLink, type TRPCClient } from '@trpc/client'

/** An Errand as `npm start` runs it, in a folder of its own and without the pages, and its api as the owner calls it. */
export interface Installed {
  readonly errand: Installation
  readonly api: TRPCClient<AppRouter>
  readonly token: string
}

export async function startInstalled(): Promise<Installed> {
  const errand = await Installation.make()
  await errand.start()
  return { errand, ...(await apiOf(errand)) }
}

/** The api of a running Errand as its owner calls it. */
export async function apiOf(errand: Installation): Promise<Pick<Installed, 'api' | 'token'>> {
  const token = await errand.token()
  const headers = { authorization: `Bearer ${token}` }
  return { token, api: createTRPCClient<AppRouter>({ links: [httpLink({ url: `${errand.url}/trpc`, headers })] }) }
}
