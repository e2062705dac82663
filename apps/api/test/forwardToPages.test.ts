import { quietLog } from '@errand/testkit'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { forwardToPages } from '../pages/forwardToPages.ts'

const open: Server[] = []
afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function listen(server: Server): Promise<string> {
  open.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Pages that hang up on whoever asks for a second time over the same connection, as one does that found it idle. */
function hangsUp(): Server {
  const known = new WeakSet<object>()
  return createServer((request, response) => {
    if (known.has(request.socket)) return request.socket.destroy()
    known.add(request.socket)
    response.end(`${request.method} ${request.url}`)
  })
}

async function site(pages: Server): Promise<string> {
  const pagesUrl = await listen(pages)
  const forwarder = forwardToPages({ pagesUrl: () => pagesUrl, publicUrl: null, log: quietLog() })
  return listen(createServer((request, response) => forwarder.forward(request, response)))
}

test('a connection that was closed while a page was asked for over it costs nobody the page', async () => {
  const url = await site(hangsUp())
  for (const path of ['/', '/agents', '/settings']) expect(await (await fetch(url + path)).text()).toBe(`GET ${path}`)
  const posted = await fetch(`${url}/form`, { method: 'POST', body: 'x' })
  expect(await posted.text()).toBe('POST /form')
})

test('pages that hang up at the first question are said to be away', async () => {
  const url = await site(createServer((request) => request.socket.destroy()))
  expect((await fetch(url)).status).toBe(502)
})
