import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import { WebSocketServer } from 'ws'

/** Takes what is posted to a unix socket and sends it to whoever is connected. */
const { socketPath } = workerData as { socketPath: string }
const receivers = new WebSocketServer({ port: 0, host: '127.0.0.1' })
const server = createServer((incoming, response) => {
  let text = ''
  incoming.on('data', (chunk: Buffer) => (text += chunk.toString()))
  incoming.once('end', () => {
    for (const receiver of receivers.clients) receiver.send(text)
    response.writeHead(204).end()
  })
})
receivers.once('listening', () => {
  server.listen(socketPath, () => parentPort?.postMessage((receivers.address() as AddressInfo).port))
})
