import { type IncomingHttpHeaders, request as httpRequest } from 'node:http'
import { RUN_TOKEN_HEADER } from '@errand/contracts'

export interface Ask {
  /** The gateway's unix socket, or the port for a cluster's sandboxes and the address to come from. */
  readonly socketPath?: string
  readonly at?: { readonly host: string; readonly port: number; readonly localAddress?: string }
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer | AsyncIterable<Buffer>
  readonly signal?: AbortSignal
  /** Called with each piece of the answer as it comes. */
  readonly onChunk?: (chunk: Buffer) => void
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly text: string
  /** Whether the answer ended as it should; false when the connection was cut in its middle. */
  readonly isWhole: boolean
}

/** One HTTP request over the gateway's socket. Rejects only when no answer began. */
export function ask({
  socketPath,
  at,
  method = 'GET',
  path,
  headers = {},
  body,
  signal,
  onChunk,
}: Ask): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const length = typeof body === 'string' || Buffer.isBuffer(body) ? { 'content-length': Buffer.byteLength(body) } : {}
  const outgoing = httpRequest({
    ...(at ?? { socketPath }),
    method,
    path,
    headers: { ...length, ...headers },
    ...(signal === undefined ? {} : { signal }),
  })
  outgoing.once('error', reject)
  outgoing.once('response', (incoming) => {
    const chunks: Buffer[] = []
    const done = () => {
      const whole = Buffer.concat(chunks)
      resolve({
        status: incoming.statusCode ?? 0,
        headers: incoming.headers,
        body: whole,
        text: whole.toString(),
        isWhole: incoming.complete,
      })
    }
    incoming.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      onChunk?.(chunk)
    })
    incoming.once('error', done)
    incoming.once('end', done)
  })
  if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) outgoing.end(body)
  else void send(body, outgoing)
  return promise
}

async function send(body: AsyncIterable<Buffer>, outgoing: ReturnType<typeof httpRequest>): Promise<void> {
  for await (const chunk of body) {
    if (outgoing.destroyed) return
    if (!outgoing.write(chunk))
      await new Promise<void>((resolve) => outgoing.once('drain', resolve).once('close', resolve))
  }
  outgoing.end()
}

/** The header that a runner adds to what it forwards for the agent. */
export function asAgent(token: string): Record<string, string> {
  return { [RUN_TOKEN_HEADER]: token }
}

/** The header of a runner's own calls. */
export function asRunner(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` }
}
