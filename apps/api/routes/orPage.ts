import { FAULTS, toFault } from '@errand/contracts'
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'

/** Answers with a page, in place of us. */
export type ShowPage = (request: HttpBindings['incoming'], response: HttpBindings['outgoing']) => void

/**
 * A person who follows a link to bytes that are gone, or who is not signed in, gets the page for that; a program gets
 * the fault. Only a browser that goes somewhere says that it navigates.
 */
export async function orPage(
  { incoming, outgoing }: HttpBindings,
  { answer, showPage }: { readonly answer: () => Promise<Response>; readonly showPage: ShowPage },
): Promise<Response> {
  try {
    return await answer()
  } catch (error) {
    const { http } = FAULTS[toFault(error).code]
    if (incoming.headers['sec-fetch-mode'] !== 'navigate' || (http !== 401 && http !== 404)) throw error
    showPage(incoming, outgoing)
    return RESPONSE_ALREADY_SENT
  }
}
