import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parentPort } from 'node:worker_threads'

const EVENTS = 20
const event = (data: object & { type: string }) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`

/** A model that answers at once with a stream, in a thread of its own so that it costs the measured one nothing. */
const server = createServer((request, response) => {
  request.resume()
  request.once('end', () => {
    const usage = { input_tokens: 100, output_tokens: 1 }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(event({ type: 'message_start', message: { model: 'claude-opus-5-5', usage } } as never))
    const delta = {
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text: 'some words of an answer ' },
    }
    for (let i = 0; i < EVENTS; i++) response.write(event(delta))
    response.end(event({ type: 'message_delta', usage: { output_tokens: 20 } } as never))
  })
})
server.listen(0, '127.0.0.1', () => parentPort?.postMessage((server.address() as AddressInfo).port))
