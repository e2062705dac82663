import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { startTracing, wideEvent } from '@errand/observe'
import { quietLog } from '@errand/testkit'
import { afterAll, describe, expect, it } from 'vitest'

interface ExportedSpan {
  readonly name: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly attributes: readonly { readonly key: string }[]
}
interface Exported {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly ExportedSpan[] }[] }[]
}

const received: { path: string | undefined; body: string }[] = []
const collector = createServer((request, response) => {
  void text(request).then((body) => {
    received.push({ path: request.url, body })
    response.end('{}')
  })
})
await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
afterAll(() => collector.close())
const address = collector.address()
const port = typeof address === 'object' && address !== null ? address.port : 0

describe('tracing', () => {
  it('sends units of work to the collector as spans, inner ones below outer ones', async () => {
    const tracing = await startTracing({ endpoint: `http://127.0.0.1:${port}`, service: 'errand', version: '1' })
    const log = quietLog()
    await wideEvent({ log, tracing, op: 'run.create', fields: { runId: 'run1' } }, () =>
      wideEvent({ log, tracing, op: 'event.append' }, () => Promise.resolve()),
    )
    await tracing.close()
    expect(received.map(({ path }) => path)).toEqual(['/v1/traces'])
    const sent = JSON.parse(received[0]?.body ?? '{}') as Exported
    const [inner, outer] = sent.resourceSpans[0]?.scopeSpans[0]?.spans ?? []
    expect([inner?.name, outer?.name]).toEqual(['event.append', 'run.create'])
    expect(inner?.parentSpanId).toBe(outer?.spanId)
    expect(outer?.attributes.map(({ key }) => key)).toContain('runId')
    expect(received[0]?.body).toContain('"service.name"')
  })
})
