import { FAULTS } from '@errand/contracts'
import { until } from '@errand/testkit'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBait } from '../harness/bait.ts'
import type { ClusterPlace } from '../harness/cluster.ts'
import { Installation } from '../harness/installation.ts'
import { type Name, openResolver } from '../harness/resolver.ts'
import { fired, type Followed, followed, watched } from '../harness/runs.ts'
import { must } from '../harness/world.ts'
import { proves } from '../requirements.ts'
import { MOVING, nameAll, targetsOf } from './escapeTargets.ts'
import { foreignPod, listeningRun, type Neighbour } from './neighbours.ts'
import { otherErrand } from './otherErrand.ts'

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

/** One that no node has room for: it keeps its place among those that may start, and gets no pod's address. */
const LARGE_AGENT = AGENT.replace('plain', 'large').replace('cpus: 1', 'cpus: 250')

const names = new Map<string, Name>()
let resolver: Awaited<ReturnType<typeof openResolver>>
let errand: Installation
let place: ClusterPlace

beforeAll(async () => {
  resolver = await openResolver(names)
  const env = { ERRAND_WALL_DEADLINE_MS: IS_ENFORCED ? '30000' : '4000' }
  errand = await Installation.make(env, resolver.prefix)
  if (errand.place === null) throw new Error('these scenarios are about a cluster')
  place = errand.place
  nameAll(names, resolver.publicAddress, place)
  await errand.start()
  await must(errand, ['apply', '--file', '-'], `${AGENT}---\n${LARGE_AGENT}`)
})
afterAll(async () => {
  await errand.remove()
  await resolver.close()
})

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
  let atPublic: number
  let deadToken: string
  let stolenFrom: Followed
  let theirRounds: readonly (readonly string[])[]
  let theirGateway: string
  let neighbour: Neighbour

  beforeAll(async () => {
    const bait = await openBait(place.address)
    const shop = await openBait(resolver.publicAddress, { port: bait.port, greeting: 'the public one' })
    const [foreign, listening] = await Promise.all([foreignPod(place), listeningRun(errand, place)])
    neighbour = listening
    const { address, gatewayPort, env } = place
    const ours = [neighbour.address, `${address}:${gatewayPort}`, `${address}:${env['ERRAND_CANARY_PORT']}`]
    const theirs = await otherErrand(place, [...ours, foreign.address])
    theirGateway = theirs.gateway
    const stolen = await stealToken('plain')
    deadToken = stolen.token
    stolenFrom = await watched(errand, stolen.runId)
    const live = await stealToken('large')
    const isLive = () => asOwner(live.token)
    expect(await isLive(), 'the token of another run, taken from where it is good').toBe(200)
    const known = {
      errand,
      place,
      names: names.keys(),
      bait,
      foreign: foreign.address,
      theirs,
      neighbour,
      deadToken,
      liveToken: live.token,
    }
    const targets = await targetsOf(known)
    const probe = await readFile(join(import.meta.dirname, 'escape.py'), 'utf8')
    const script = `TARGETS='${JSON.stringify(targets)}' exec python3 - <<'PROBE'\n${probe}\nPROBE\n`
    run = await followed(errand, [script, '--agent', 'plain', '--no-repo'])
    tried = linesOf(run)
      .filter((line) => line.startsWith('{"what"'))
      .map((line) => JSON.parse(line) as Tried)
    visits = bait.visits()
    atPublic = shop.visits()
    theirRounds = await theirs.rounds()
    expect(await isLive(), 'the token of another run, after all of it').toBe(200)
    const others = [neighbour.name.slice(7), live.runId].map((runId) => must(errand, ['cancel', runId]))
    await Promise.all([bait.close(), shop.close(), foreign.remove(), theirs.remove(), ...others])
  })

  it(proves('wall-proven', 'everything that an agent can try from a pod is refused'), () => {
    const got = tried.filter(({ refused }) => !refused)
    expect(got, linesOf(run).join('\n')).toEqual([])
    expect(linesOf(run)).toContain('tried everything')
    expect(tried.length).toBeGreaterThan(150)
    expect(visits).toBe(0)
  })

  it(
    proves('wall-proven', 'nor does another organisation, with an Errand of its own, get at a run of this one'),
    () => {
      expect(theirRounds.flat(), 'before its own wall stood').not.toContain(neighbour.address)
      expect(new Set(theirRounds.slice(-3).flat()), 'its own gateway, and no more').toEqual(new Set([theirGateway]))
    },
  )

  it(proves('wall-proven', 'a name leads nowhere but to where it was judged to lead'), () => {
    expect(atPublic, 'the name under control is asked for, and its public place reached').toBe(3)
    expect(resolver.asked(MOVING), 'one question for each connection').toBe(6)
  })

  it(proves('wall-proven', 'what was refused by the proxy is in the log of the run'), () => {
    const blocked = run.events.flatMap((event) => (event.type === 'egress.blocked' ? [event.host] : []))
    expect(blocked).toEqual(expect.arrayContaining([place.address, ...names.keys()]))
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
async function stealToken(agent: 'plain' | 'large'): Promise<{ token: string; runId: string }> {
  const runId = await fired(errand, ['true', '--agent', agent, '--no-repo'])
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
  return { token, runId }
}

/** What the gateway answers to a token here, from where the thief took it. */
async function asOwner(token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` }
  const answer = await fetch(`http://${place.address}:${place.gatewayPort}/runner/v1/spec`, { headers })
  await answer.body?.cancel()
  return answer.status
}
