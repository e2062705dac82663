import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { until } from '@errand/testkit'
import { WebSocket } from 'ws'

interface Load {
  readonly runs: number
  readonly seconds: number
  readonly perSecond: number
}

/** The ages of events that only pass through, in ms: as many senders, each with a connection of its own, one receiver. */
export async function measurePeer({ runs, seconds, perSecond }: Load): Promise<readonly number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'errand-bench-'))
  const socketPath = join(folder, 'hop.sock')
  const hop = new Worker(new URL('hop.ts', import.meta.url), { workerData: { socketPath } })
  const [port] = (await once(hop, 'message')) as [number]
  const receiver = new WebSocket(`ws://127.0.0.1:${port}`)
  await once(receiver, 'open')
  const agesMs: number[] = []
  receiver.on('message', (data: Buffer) =>
    agesMs.push(performance.now() - (JSON.parse(data.toString()) as { at: number }).at),
  )
  const agents = Array.from({ length: runs }, () => new Agent({ keepAlive: true, maxSockets: 1 }))
  const gapMs = 1000 / (runs * perSecond)
  let answered = 0
  const began = performance.now()
  for (let sent = 0; sent < runs * perSecond * seconds; sent++) {
    const waitMs = began + sent * gapMs - performance.now()
    if (waitMs > 0) await delay(waitMs)
    const agent = agents[sent % runs]
    if (agent === undefined) continue
    const outgoing = request({ socketPath, agent, method: 'POST' }, (answer) =>
      answer.resume().once('end', () => (answered += 1)),
    )
    outgoing.end(JSON.stringify({ at: performance.now(), body: { type: 'output.appended', text: 'tick\n' } }))
  }
  await until(() => answered === agesMs.length && answered === runs * perSecond * seconds, {
    what: 'the last event of the peer',
  })
  for (const agent of agents) agent.destroy()
  receiver.terminate()
  await hop.terminate()
  await rm(folder, { recursive: true, force: true })
  return agesMs
}
