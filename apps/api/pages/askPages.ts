import { type Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'

export const PAGES_TIMEOUT_MS = 60_000

interface Question {
  readonly agent: Agent
  readonly method: 'GET' | 'HEAD'
  readonly headers: Record<string, string | string[]>
  /** Whoever leaves takes the question along. */
  readonly signal: AbortSignal
}

/**
 * What the web process answers. It closes connections that were idle for some seconds, now and then just as a question is
 * on its way over one: that says nothing of the page, so the question goes over the next. Throws what broke otherwise.
 */
export async function askPages(url: URL, question: Question): Promise<IncomingMessage> {
  for (;;) {
    const asking = request(url, { ...question, timeout: PAGES_TIMEOUT_MS })
    asking.end()
    try {
      return await answered(asking)
    } catch (error) {
      if (!asking.reusedSocket || !isClosedConnection(error)) throw error
    }
  }
}

export function answered(asking: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    asking.once('response', resolve)
    asking.once('error', reject)
    asking.once('timeout', () => asking.destroy(new Error('the pages took too long')))
  })
}

function isClosedConnection(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
}
