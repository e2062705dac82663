import type { IncomingMessage, ServerResponse } from 'node:http'
import { PassThrough, Writable } from 'node:stream'
import { Fault } from '@errand/contracts'
import { priceOf } from '@errand/domain'
import { type Call, responseOf, streamOf } from '../call.ts'
import type { GatewayDeps } from '../deps.ts'
import { type Metered, type UsageMeter, usageMeter } from './usageMeter.ts'

export interface Passed {
  readonly status: number
  /** Null when the answer was an error, which costs nothing. */
  readonly metered: Metered | null
  readonly end: 'whole' | 'cut by the caller' | 'cut by the provider'
}

export interface Destination {
  readonly origin: string
  /** Path and query. */
  readonly path: string
  /** Told what the call has cost so far, as soon as that is known and whenever it changes. */
  readonly onSpent: (usd: number) => void
}

type UpstreamHeaders = Record<string, string | string[] | undefined>

/** Hop by hop, or nothing that an agent needs to see of our relation with the provider. */
const NOT_PASSED_BACK = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'set-cookie',
  'authorization',
  'x-api-key',
])

/**
 * Streams the call's body to the provider and the answer back, each byte as it comes. When the caller goes away the
 * provider's connection is closed, and the other way round. Fault `upstream.unreachable` when no answer began; once
 * one has, a failure cuts the caller's connection, so that half an answer is never taken for a whole one.
 */
export async function passThrough(call: Call, to: Destination, deps: GatewayDeps): Promise<Passed> {
  const { signal } = call
  const response = responseOf(call)
  const abort = new AbortController()
  const onCallerGone = () => abort.abort(signal.reason)
  if (signal.aborted) onCallerGone()
  signal.addEventListener('abort', onCallerGone, { once: true })
  let silence: NodeJS.Timeout | undefined
  const tooQuiet = () => abort.abort(new Fault('upstream.unreachable', 'The model provider fell silent.'))
  let status = 0
  let meter: UsageMeter | null = null
  try {
    await deps.upstreams.get(to.origin).stream(
      {
        path: to.path,
        method: call.method === 'GET' || call.method === 'HEAD' ? call.method : 'POST',
        headers: { ...call.headers, 'accept-encoding': 'identity' },
        body: call.method === 'POST' ? detached(streamOf(call)) : null,
        signal: abort.signal,
      },
      ({ statusCode, headers }) => {
        status = statusCode
        silence = setTimeout(tooQuiet, deps.config.modelSilenceMs)
        meter = statusCode === 200 ? usageMeter(headers) : null
        call.fields['firstByteMs'] = round(performance.now() - call.startedAt)
        response.writeHead(statusCode, passedBack(statusCode, headers))
        // Without a body's first byte Node would keep the headers back.
        response.flushHeaders()
        return tee(response, { meter, onBytes: () => silence?.refresh(), onSpent: to.onSpent })
      },
    )
    return { status, metered: readMeter(meter), end: 'whole' }
  } catch (error) {
    if (status === 0 && !signal.aborted) throw unreachable(error, abort.signal)
    response.destroy()
    return { status, metered: readMeter(meter), end: signal.aborted ? 'cut by the caller' : 'cut by the provider' }
  } finally {
    clearTimeout(silence)
    signal.removeEventListener('abort', onCallerGone)
  }
}

/**
 * The request's body as a stream of its own: when an upstream fails, undici destroys the body it was given, and with
 * the request itself the connection would go on which the refusal has to be written.
 */
function detached(request: IncomingMessage): PassThrough {
  return request.pipe(new PassThrough())
}

interface Taps {
  readonly meter: UsageMeter | null
  readonly onBytes: () => void
  readonly onSpent: (usd: number) => void
}

/** Writes to the caller first and looks at the bytes afterwards; a slow caller holds the provider back. */
function tee(response: ServerResponse, { meter, onBytes, onSpent }: Taps): Writable {
  let last: Metered | null = null
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (response.write(chunk)) done()
      else response.once('drain', done)
      onBytes()
      if (meter === null) return
      meter.push(chunk)
      const metered = meter.peek()
      if (metered === last) return
      last = metered
      if (metered.model !== null && metered.usage !== null) onSpent(priceOf(metered.model, metered.usage) ?? 0)
    },
    final(done) {
      response.end(done)
    },
  })
}

function passedBack(status: number, headers: UpstreamHeaders): UpstreamHeaders {
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !NOT_PASSED_BACK.has(name)))
  // A wrong key does not become right: without this the agent tries it ten times, for minutes.
  return status === 401 ? { 'x-should-retry': 'false', ...kept } : kept
}

function readMeter(meter: UsageMeter | null): Metered | null {
  return meter === null ? null : meter.read()
}

function unreachable(error: unknown, signal: AbortSignal): Fault {
  if (signal.reason instanceof Fault) return signal.reason
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
  const why = typeof code === 'string' ? ` (${code})` : ''
  return new Fault('upstream.unreachable', `The model provider could not be reached${why}.`, { cause: error })
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100
}
