import { FAULTS } from '@errand/contracts'
import { until } from '@errand/testkit'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBait } from '../harness/bait.ts'
import type { ClusterPlace } from '../harness/cluster.ts'
import { Installation } from '../harness/installation.ts'
import { fired, type Followed, followed, watched } from '../harness/runs.ts'
import { must } from '../harness/world.ts'
import { proves } from '../requirements.ts'
import { foreignPod, listeningRun } from './neighbours.ts'

const AGENT = `kind: Agent
name: plain
spec:
  runtime: script
  memoryMib: 512
  cpus: 1
  network: full
  onBlockedHost: refuse
`
/** Where policies are enforced by nobody, nothing may start; elsewhere nothing may get out. */
const IS_ENFORCED = (process.env['ERRAND_E2E_POLICY'] ?? '') !== 'none'

let errand: Installation
let place: ClusterPlace

beforeAll(async () => {
  errand = await Installation.make({ ERRAND_WALL_DEADLINE_MS: IS_ENFORCED ? '30000' : '4000' })
  if (errand.place === null) throw new Error('these scenarios are about a cluster')
  place = errand.place
  await errand.start()
  await must(errand, ['apply', '--file', '-'], AGENT)
})
afterAll(() => errand.remove())

if (IS_ENFORCED) describe('out of a sandbox on a cluster', tryEverything)
else
  it(proves('every-reason', 'on a cluster that enforces no policies every run is refused'), async () => {
    for (const agent of ['plain', 'demo', 'shell']) {
      const { outcome, events } = await followed(errand, ['echo started', '--agent', agent, '--no-repo'])
      expect(outcome).toMatchObject({ status: 'failed', code: 'wall.open', remedy: FAULTS['wall.open'].remedy })
      expect(events.map(({ type }) => type)).not.toContain('runner.started')
    }
  })

interface Tried {
  readonly what: string
  readonly refused: boolean
  readonly how: string
}

function tryEverything(): void {
  let run: Followed
  let tried: readonly Tried[]
  let visits: number
  let deadToken: string
  let stolenFrom: Followed

  beforeAll(async () => {
    const bait = await openBait(place.address)
    const [foreign, neighbour] = await Promise.all([foreignPod(place), listeningRun(errand, place)])
    const stolen = await stealToken()
    deadToken = stolen.token
    stolenFrom = stolen.run
    const targets = await targetsOf({ bait, foreign: foreign.address, neighbour, deadToken })
    const probe = await readFile(join(import.meta.dirname, 'escape.py'), 'utf8')
    const script = `TARGETS='${JSON.stringify(targets)}' exec python3 - <<'PROBE'\n${probe}\nPROBE\n`
    run = await followed(errand, [script, '--agent', 'plain', '--no-repo'])
    tried = linesOf(run)
      .filter((line) => line.startsWith('{"what"'))
      .map((line) => JSON.parse(line) as Tried)
    visits = bait.visits()
    await Promise.all([bait.close(), foreign.remove(), must(errand, ['cancel', neighbour.name.slice(7)])])
  })

  it(proves('wall-proven', 'everything that an agent can try from a pod is refused'), () => {
    const got = tried.filter(({ refused }) => !refused)
    expect(got, linesOf(run).join('\n')).toEqual([])
    expect(linesOf(run)).toContain('tried everything')
    expect(tried.length).toBeGreaterThan(80)
    expect(visits).toBe(0)
  })

  it(proves('wall-proven', 'what was refused by the proxy is in the log of the run'), () => {
    const blocked = run.events.flatMap((event) => (event.type === 'egress.blocked' ? [event.host] : []))
    expect(blocked).toContain(place.address)
  })

  it(proves('no-secret-anywhere', 'who takes a pod’s ticket gets a token that dies at once, and that is told'), () => {
    expect(deadToken).toMatch(/^[\w-]{43}$/)
    expect(stolenFrom.outcome).toMatchObject({ status: 'failed', code: 'sandbox.impostor' })
    expect(stolenFrom.events.map(({ type }) => type)).not.toContain('runner.started')
  })
}

function linesOf({ events }: Followed): readonly string[] {
  return events
    .map((event) => (event.type === 'output.appended' ? event.text : ''))
    .join('')
    .split('\n')
}

/** Somebody who can read pods claims with the ticket of one, from elsewhere, before it can itself. */
async function stealToken(): Promise<{ token: string; run: Followed }> {
  const runId = await fired(errand, ['true', '--agent', 'plain', '--no-repo'])
  const name = `errand-${runId}`
  const uid = await until(
    async () => (await place.look()).pods.find(({ metadata }) => metadata.name.startsWith(name))?.metadata.uid,
    { deadlineMs: 30_000, what: 'a pod' },
  )
  const token = await until(
    async () => {
      const answer = await fetch(`http://${place.address}:${place.gatewayPort}/sandbox/v1/claim`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name, uid, wall: { ms: 1, rounds: 2, targets: [] } }),
      })
      return ((await answer.json()) as { token?: string }).token
    },
    { deadlineMs: 10_000, what: 'the token of another' },
  )
  return { token, run: await watched(errand, runId) }
}

interface Known {
  readonly bait: { readonly address: string; readonly port: number }
  readonly foreign: string
  readonly neighbour: { readonly name: string; readonly uid: string; readonly address: string }
  readonly deadToken: string
}

async function targetsOf({ bait, foreign, neighbour, deadToken }: Known) {
  const { address, gatewayPort, env } = place
  const [api = '', kubelet = '', apiService = '', dns = ''] = env['ERRAND_WALL_CLOSED']?.split(',') ?? []
  const dnsPod = await dnsPodAddress()
  const node = kubelet.split(':')[0] ?? ''
  return {
    gateway: `${address}:${gatewayPort}`,
    deadToken,
    tcp: {
      'the API server': api,
      'the API server by its Service': apiService,
      'the kubelet': kubelet,
      'the DNS Service': dns,
      'the DNS pod': `${dnsPod}:53`,
      'the canary': `${address}:${env['ERRAND_CANARY_PORT']}`,
      'another port of this machine': bait.address,
      'the api of Errand': `${address}:${errand.port}`,
      'the pod of another run': neighbour.address,
      'a pod of another namespace': foreign,
    },
    dns: { 'the DNS Service': dns, 'the DNS pod': `${dnsPod}:53` },
    hosts: {
      node,
      'this machine': address,
      'another run': neighbour.address.split(':')[0],
      'another namespace': foreign.split(':')[0],
    },
    paths: [
      ['GET', '/runner/v1/spec'],
      ['GET', '/runner/v1/control?after=0'],
      ['POST', '/runner/v1/events'],
      ['POST', '/llm/v1/messages'],
      ['GET', '/git/local/demo.git/info/refs?service=git-upload-pack'],
      ['POST', '/sandbox/v1/failed'],
      ['GET', '/metrics'],
      ['GET', '/readyz'],
      ['GET', '/'],
    ],
    claims: {
      'the sandbox of another run': { name: neighbour.name, uid: neighbour.uid },
      'with a guessed ticket': { name: neighbour.name, uid: '0d4cf4d9-9d3e-4f4e-8a3b-000000000000' },
    },
    proxied: [
      bait.address,
      `127.0.0.1:${bait.port}`,
      `localhost:${bait.port}`,
      `[::1]:${bait.port}`,
      api,
      apiService,
      foreign,
    ],
  }
}

async function dnsPodAddress(): Promise<string> {
  interface Pods {
    readonly items: readonly { readonly status: { readonly podIP?: string } }[]
  }
  const pods = await place.api.get<Pods>('/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app=kube-dns')
  return pods?.items[0]?.status.podIP ?? ''
}
