/**
 * What the gateway adds to a model's time to first byte, over a plain Node hop that copies bytes: authentication of
 * the run, its budget, the credential, the meter. Both in the same run, call by call in turn, over unix sockets, with
 * a request of Claude Code's size.
 */
import { Agent, request as httpRequest } from 'node:http'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { RUN_TOKEN_HEADER } from '@errand/contracts'
import { percentile, report, round } from '../harness/report.ts'
import { startBenchGateway } from './gateway.ts'
import { startHop } from './hop.ts'

const WARM_UP = 200
const CALLS = 600
const BAR_MS = 1
const BODY = JSON.stringify({
  model: 'claude-opus-5-5',
  stream: true,
  messages: [{ role: 'user', content: 'x'.repeat(50_000) }],
})

interface Way {
  readonly socketPath: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly agent: Agent
}

const folder = await mkdtemp(join(tmpdir(), 'errand-bench-'))
const model = new Worker(new URL('model.ts', import.meta.url))
const port = await new Promise<number>((resolve) => model.once('message', resolve))
const gateway = await startBenchGateway({ folder, modelUrl: `http://127.0.0.1:${port}` })
const hopPath = join(folder, 'hop.sock')
const hop = await startHop({ socketPath: hopPath, upstreamPort: port })
try {
  const keepAlive = () => new Agent({ keepAlive: true, maxSockets: 1 })
  const through = {
    socketPath: gateway.socketPath,
    path: '/llm/v1/messages?beta=true',
    headers: { [RUN_TOKEN_HEADER]: gateway.token },
    agent: keepAlive(),
  }
  const peer = { socketPath: hopPath, path: '/v1/messages?beta=true', headers: {}, agent: keepAlive() }
  const samples = { gateway: [] as number[], hop: [] as number[] }
  for (let call = 0; call < WARM_UP + CALLS; call++) {
    const [a, b] = [await firstByteMs(through), await firstByteMs(peer)]
    if (call < WARM_UP) continue
    samples.gateway.push(a)
    samples.hop.push(b)
  }
  const [value, base] = [percentile(samples.gateway, 0.5), percentile(samples.hop, 0.5)]
  const added = value - base
  report({
    bench: 'llmFirstByte',
    value: round(added),
    peer: round(base),
    ratio: round(value / base),
    bar: `<= ${BAR_MS} ms added at the median`,
    ok: added <= BAR_MS,
    note: `ms; median through the gateway ${round(value)}; p95 ${round(percentile(samples.gateway, 0.95))} against ${round(percentile(samples.hop, 0.95))}; ${CALLS} calls each`,
  })
  through.agent.destroy()
  peer.agent.destroy()
} finally {
  hop.close()
  await gateway.close()
  await model.terminate()
  await rm(folder, { recursive: true, force: true })
}

function firstByteMs({ socketPath, path, headers, agent }: Way): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const since = performance.now()
  const outgoing = httpRequest({
    socketPath,
    agent,
    method: 'POST',
    path,
    headers: { ...headers, 'content-type': 'application/json', 'content-length': BODY.length },
  })
  outgoing.once('error', reject)
  outgoing.once('response', (answer) => {
    if (answer.statusCode !== 200) reject(new Error(`the answer was ${answer.statusCode}`))
    let ms = 0
    answer.once('data', () => (ms = performance.now() - since))
    answer.once('end', () => resolve(ms))
  })
  outgoing.end(BODY)
  return promise
}
