import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { initTRPC, tracked, TRPCError } from '@trpc/server'
import { createHTTPHandler } from '@trpc/server/adapters/standalone'
import { applyWSSHandler } from '@trpc/server/adapters/ws'
import { afterEach, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { askInBatches } from '../trpc/askInBatches.ts'
import { LiveSocket } from '../trpc/liveSocket.ts'

const t = initTRPC.create()
const router = t.router({
  double: t.procedure.input((given) => Number(given)).query(({ input }) => input * 2),
  note: t.procedure.input(String).mutation(({ input }) => `noted ${input}`),
  refuse: t.procedure.query(() => {
    throw new TRPCError({ code: 'NOT_FOUND', message: 'There is no such thing' })
  }),
  count: t.procedure
    .input((given) => given as { lastEventId?: string })
    .subscription(async function* ({ input, signal }) {
      for (let n = Number(input.lastEventId ?? 0) + 1; !(signal?.aborted ?? false); n++) {
        yield tracked(String(n), n)
        await nextTurn()
      }
    }),
})

let close = () => {}
afterEach(() => close())

test('what is asked in one go travels together, and each call gets its own answer', async () => {
  const { ask, paths } = await serving()
  const [two, four, refused, noted] = await Promise.allSettled([
    ask({ type: 'query', path: 'double', input: 1 }),
    ask({ type: 'query', path: 'double', input: 2 }),
    ask({ type: 'query', path: 'refuse', input: undefined }),
    ask({ type: 'mutation', path: 'note', input: 'it' }),
  ])
  expect([two, four, noted]).toMatchObject([{ value: 2 }, { value: 4 }, { value: 'noted it' }])
  expect(refused).toMatchObject({ reason: { message: 'There is no such thing', data: { httpStatus: 404 } } })
  expect(paths).toEqual(['/double,double,refuse', '/note'])
})

test('an address that would be too long for a proxy becomes two', async () => {
  const { ask, paths } = await serving()
  const inputs = Array.from({ length: 8 }, (_one, n) => `${'0'.repeat(400)}${n}`)
  const doubled = await Promise.all(inputs.map((input) => ask({ type: 'query', path: 'double', input })))
  expect(doubled).toEqual([0, 2, 4, 6, 8, 10, 12, 14])
  expect(paths).toEqual(['/double,double,double,double', '/double,double,double,double'])
})

test('where nobody answers, or somebody else, an error carries nothing of the server', async () => {
  const { ask } = await serving({ html: '<h1>Bad gateway</h1>' })
  await expect(ask({ type: 'query', path: 'double', input: 1 })).rejects.toMatchObject({ data: undefined })
  close()
  await expect(ask({ type: 'query', path: 'double', input: 1 })).rejects.toMatchObject({ data: undefined })
})

test('a subscription goes on where it was after its line broke, without a gap or a double', async () => {
  const { socket, cut } = await serving()
  const seen: number[] = []
  const lengths = new EventTarget()
  const stop = socket.listen({
    path: 'count',
    input: {},
    onData: (data) => {
      seen.push((data as { data: number }).data)
      lengths.dispatchEvent(new Event(String(seen.length)))
    },
  })
  for (const length of [3, 60, 120]) {
    await once(lengths, String(length))
    cut()
  }
  stop()
  expect(seen).toEqual(Array.from(seen, (_one, index) => index + 1))
})

async function serving({ html }: { html?: string } = {}) {
  const paths: string[] = []
  const handle = createHTTPHandler({ router })
  const server: Server = createServer((request, response) => {
    paths.push(request.url?.split('?')[0] ?? '')
    if (html === undefined) handle(request, response)
    else response.writeHead(502, { 'content-type': 'text/html' }).end(html)
  })
  const sockets = new WebSocketServer({ server })
  applyWSSHandler({ wss: sockets, router })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const cut = () => {
    for (const client of sockets.clients) client.terminate()
  }
  close = () => {
    cut()
    server.close()
    server.closeAllConnections()
  }
  return {
    ask: askInBatches({ url: `http://127.0.0.1:${port}` }),
    socket: new LiveSocket({ url: `ws://127.0.0.1:${port}`, onClosed: () => {} }),
    paths,
    cut,
  }
}
