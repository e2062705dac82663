import type { Logger } from '@errand/observe'
import { Agent, type IncomingMessage, request as ask, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { answered, askPages, PAGES_TIMEOUT_MS } from './askPages.ts'
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
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const how = { agent, headers, signal: gone.signal }
    if (isPackable(request, url)) {
      const packed = await askForPacked(url, how)
      if (packed !== null) return writePacked(packed, { url, response }).catch(() => void response.destroy())
    }
    try {
      await writeAnswer({ request, answer: await answerTo(request, { url, ...how }), response })
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

/** Scripts and styles never change under their names, and the build leaves each packed beside itself. */
function isPackable({ method, headers }: IncomingMessage, { pathname }: URL): boolean {
  const isScript = /^\/_next\/static\/.+\.(js|css)$/.test(pathname)
  return isScript && method === 'GET' && /\bbr\b/.test(String(headers['accept-encoding'] ?? ''))
}

interface How {
  readonly agent: Agent
  readonly headers: Record<string, string | string[]>
  readonly signal: AbortSignal
}

async function answerTo(request: IncomingMessage, { url, ...how }: How & { url: URL }): Promise<IncomingMessage> {
  const { method = 'GET' } = request
  if (method === 'GET' || method === 'HEAD') return askPages(url, { ...how, method })
  // What has a body is asked once, so over a connection that nobody else had.
  const asking = ask(url, { ...how, agent: false, method, timeout: PAGES_TIMEOUT_MS })
  const [answer] = await Promise.all([answered(asking), pipeline(request, asking)])
  return answer
}

/** Null when there is none; the file itself is then asked for, and so is every word about what is wrong. */
async function askForPacked(url: URL, how: How): Promise<IncomingMessage | null> {
  const packed = new URL(url)
  packed.pathname += '.br'
  const answer = await askPages(packed, { ...how, method: 'GET' }).catch(() => null)
  if (answer?.statusCode === 200) return answer
  answer?.resume()
  return null
}

const TYPES: Readonly<Record<string, string>> = {
  js: 'application/javascript; charset=UTF-8',
  css: 'text/css; charset=UTF-8',
}

async function writePacked(
  answer: IncomingMessage,
  { url, response }: { url: URL; response: ServerResponse },
): Promise<void> {
  const extension = /\w+$/.exec(url.pathname)?.[0] ?? ''
  response.writeHead(200, {
    'content-type': TYPES[extension] ?? 'application/octet-stream',
    'content-encoding': 'br',
    'cache-control': answer.headers['cache-control'] ?? 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    vary: 'accept-encoding',
  })
  await pipeline(answer, response)
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
