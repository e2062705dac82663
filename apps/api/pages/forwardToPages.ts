import type { Logger } from '@errand/observe'
import { Agent, type IncomingMessage, request as ask, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { compressorFor } from './compressorFor.ts'
import { writeUnavailable } from './unavailablePage.ts'

interface PagesDeps {
  /** Where the web process listens now; null while there is none. */
  readonly pagesUrl: () => string | null
  /** Where people reach Errand. */
  readonly publicUrl: string | null
  readonly log: Logger
}

export interface Pages {
  forward(request: IncomingMessage, response: ServerResponse): void
  close(): void
}

/** Of one connection only, or ours to set. */
const NOT_FORWARDED = new Set([
  'connection',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-errand-path',
  'x-errand-theme',
])

/** Whatever is not the api's own is a page: asked of the web process on this machine, compressed on its way out. */
export function forwardToPages({ pagesUrl, publicUrl, log }: PagesDeps): Pages {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })

  async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = pagesUrl()
    if (target === null) return writeUnavailable(response)
    const url = new URL(request.url ?? '/', target)
    const headers = forwardedHeaders(request, publicUrl)
    const asking = ask(url, { agent, method: request.method ?? 'GET', headers, timeout: 60_000 })
    // Whoever leaves takes the question along.
    response.once('close', () => asking.destroy())
    asking.once('timeout', () => asking.destroy(new Error('the pages took too long')))
    try {
      const [answer] = await Promise.all([answered(asking), pipeline(request, asking)])
      await writeAnswer({ request, answer, response })
    } catch (error) {
      if (response.closed) return
      log.warn({ op: 'pages.forward', path: url.pathname, error }, 'a page could not be shown')
      if (response.headersSent) response.destroy()
      else writeUnavailable(response)
    }
  }

  return {
    forward: (request, response) => void forward(request, response),
    close: () => agent.destroy(),
  }
}

function answered(asking: ReturnType<typeof ask>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    asking.once('response', resolve)
    asking.once('error', reject)
  })
}

interface Exchange {
  readonly request: IncomingMessage
  readonly answer: IncomingMessage
  readonly response: ServerResponse
}

async function writeAnswer({ request, answer, response }: Exchange): Promise<void> {
  const compressor = request.method === 'HEAD' ? null : compressorFor(request.headers, answer.headers)
  const headers = Object.entries(answer.headers).filter(([name]) => !NOT_FORWARDED.has(name))
  for (const [name, value] of headers) if (value !== undefined) response.setHeader(name, value)
  response.setHeader('x-frame-options', 'DENY')
  response.setHeader('cross-origin-opener-policy', 'same-origin')
  if (compressor !== null) {
    response.removeHeader('content-length')
    response.setHeader('content-encoding', compressor.encoding)
    response.appendHeader('vary', 'accept-encoding')
  }
  response.writeHead(answer.statusCode ?? 502)
  if (compressor === null) await pipeline(answer, response)
  else await pipeline(answer, compressor.stream, response)
}

function forwardedHeaders(request: IncomingMessage, publicUrl: string | null): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined && !NOT_FORWARDED.has(name)) headers[name] = value
  const host = request.headers.host ?? 'localhost'
  const isPublic = publicUrl !== null && new URL(publicUrl).host === host
  headers['x-forwarded-host'] = host
  headers['x-forwarded-proto'] = isPublic && publicUrl.startsWith('https:') ? 'https' : 'http'
  // We compress, once, for whoever asked.
  headers['accept-encoding'] = 'identity'
  return headers
}
