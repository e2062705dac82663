import { AsyncLocalStorage } from 'node:async_hooks'
import { type Context, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Fields } from './logger.ts'

export interface Tracing {
  /** Runs the work inside a span, below the span that is open around the call. Gives what the work gives. */
  span<T>(name: string, work: (add: (fields: Fields) => void) => Promise<T>): Promise<T>
  /** Sends what is left. An endpoint that does not answer does not keep a process from ending. */
  close(): Promise<void>
}

/** What runs where nobody asked for traces: nothing is loaded, nothing is measured. */
export const noTracing: Tracing = {
  span: (_name, work) => work(() => undefined),
  close: () => Promise.resolve(),
}

export interface TracingOptions {
  /** Base address of an OTLP/HTTP collector; spans go to `<endpoint>/v1/traces`. */
  readonly endpoint: string
  /** `service.name` of every span. */
  readonly service: string
  readonly version: string
}

/** Loads OpenTelemetry, which costs some 30 ms and 10 MB, hence only here. */
export async function startTracing({ endpoint, service, version }: TracingOptions): Promise<Tracing> {
  const [{ BatchSpanProcessor, TracerProvider }, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all(
    [
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ],
  )
  const exporter = new OTLPTraceExporter({ url: new URL('v1/traces', endpoint.replace(/\/?$/, '/')).href })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.version': version }),
    spanProcessors: [new BatchSpanProcessor({ exporter, exportTimeoutMillis: 5_000 })],
  })
  const tracer = provider.getTracer(service, version)
  const around = new AsyncLocalStorage<Context>()
  return {
    span: (name, work) => {
      const parent = around.getStore() ?? ROOT_CONTEXT
      const span = tracer.startSpan(name, {}, parent)
      const add = (fields: Fields): void => {
        for (const [key, value] of Object.entries(fields)) if (isAttribute(value)) span.setAttribute(key, value)
      }
      return around.run(trace.setSpan(parent, span), async () => {
        try {
          return await work(add)
        } catch (error) {
          span.setStatus({ code: SpanStatusCode.ERROR })
          throw error
        } finally {
          span.end()
        }
      })
    },
    close: () => provider.shutdown(),
  }
}

function isAttribute(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}
