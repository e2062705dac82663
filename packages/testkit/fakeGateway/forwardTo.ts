import { type IncomingMessage, type OutgoingHttpHeaders, request as httpRequest, type ServerResponse } from 'node:http'

/** Passes a request on and its answer back, both as streams. */
export function forwardTo(
  url: string,
  { request, response, headers }: { request: IncomingMessage; response: ServerResponse; headers: OutgoingHttpHeaders },
): void {
  const { host: _, ...passed } = request.headers
  const upstream = httpRequest(
    url,
    { method: request.method ?? 'GET', headers: { ...passed, ...headers } },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
      answer.on('error', () => response.destroy())
    },
  )
  upstream.on('error', () => response.destroy())
  response.once('close', () => upstream.destroy())
  request.pipe(upstream)
}
