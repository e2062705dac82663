import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { listenLocally } from './listenLocally.ts'

export interface KubeAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** JSON, or a text as it is. */
  readonly body?: unknown
  /** Breaks the connection off instead. */
  readonly isReset?: boolean
}

export interface KubeRequest {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: unknown
}

export interface AnsweringKube {
  readonly url: string
  /** What was asked so far. */
  readonly requests: readonly KubeRequest[]
  /** How many were made so far. */
  connections(): number
  close(): Promise<void>
}

/** In place of a Kubernetes API: answers one request after the other as told, the last answer for ever. */
export async function answerKube(answers: readonly KubeAnswer[]): Promise<AnsweringKube> {
  const requests: KubeRequest[] = []
  let connections = 0
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request
    const reply = (sent: string) => {
      const answer = answers[Math.min(requests.length, answers.length - 1)] ?? {}
      requests.push({ method, url, headers, body: sent === '' ? undefined : JSON.parse(sent) })
      if (answer.isReset === true) return void request.socket.resetAndDestroy()
      const body = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {})
      return void response.writeHead(answer.status ?? 200, answer.headers).end(body)
    }
    text(request).then(reply, () => request.socket.destroy())
  })
  server.on('connection', () => connections++)
  return {
    url: await listenLocally(server),
    requests,
    connections: () => connections,
    close: async () => {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}
