import { Agent, createServer, request as httpRequest } from 'node:http'

/** The peer: what any Node process in between costs that copies bytes and nothing else. */
export async function startHop({
  socketPath,
  upstreamPort,
}: {
  socketPath: string
  upstreamPort: number
}): Promise<{ close(): void }> {
  const agent = new Agent({ keepAlive: true })
  const server = createServer((incoming, response) => {
    const { method, url, headers } = incoming
    const outgoing = httpRequest(
      { agent, host: '127.0.0.1', port: upstreamPort, method, path: url, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        // A stream that says nothing for long has begun all the same.
        if (incoming.method === 'GET') response.flushHeaders()
        answer.pipe(response)
      },
    )
    incoming.pipe(outgoing)
  })
  await new Promise<void>((resolve) => server.listen(socketPath, resolve))
  return {
    close() {
      agent.destroy()
      server.close()
      server.closeAllConnections()
    },
  }
}
