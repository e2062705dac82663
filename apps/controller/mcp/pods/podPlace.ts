import type { InstanceId } from '@errand/contracts'
import type { Seen } from '@errand/domain'
import { dropSandbox, keepInstanceLog, listSandboxes, readSandboxOfInstance, sweepBundles } from '@errand/engine'
import type { HostedPlace } from '../hosted.ts'
import { seenOf } from '../../cluster/seenOf.ts'
import type { PodDeps } from './podDeps.ts'
import { JOB_PREFIX, startPod } from './startPod.ts'

/** Hosted servers in pods of a cluster: the same wall, claim and watches as runs have, and a port for the gateway. */
export function podPlace(deps: PodDeps): HostedPlace {
  const { engine, view } = deps
  const read = logReader(deps)
  const place: Omit<HostedPlace, 'start'> = {
    look: (id) => look(id, deps),
    async takeAway(id) {
      const row = await readSandboxOfInstance(id, engine)
      if (row === undefined) return
      const printed = await read(id)
      if (printed !== '') await keepInstanceLog(id, printed, engine)
      await deps.destroy(row.id)
      await dropSandbox(row.id, engine)
    },
    async list() {
      return (await listSandboxes(engine)).flatMap(({ instanceId }) => (instanceId === null ? [] : [instanceId]))
    },
    // What no row knows is swept with the sandboxes of runs.
    tidy: () => Promise.resolve(),
    printed: read,
    sweep: (bundles) => sweepBundles(bundles, engine),
    health: () => Promise.resolve(null),
    onExit: (listener) =>
      view.onChange((name) => {
        if (name.startsWith(JOB_PREFIX)) listener()
      }),
  }
  return { ...place, start: (instance) => startPod(instance, { ...deps, place }) }
}

const FRESH_MS = 10_000
const YOUNG_MS = 60_000

/** The log of a pod that goes on is read every ten seconds at most: it is the cluster that is asked. A young one has news sooner. */
function logReader({ engine, client, view, config }: PodDeps): HostedPlace['printed'] {
  const known = new Map<InstanceId, { readonly until: number; readonly text: string }>()
  return async (id) => {
    const row = await readSandboxOfInstance(id, engine)
    const pod = row === undefined ? null : view.pod(row.id)
    const name = pod?.metadata?.name
    if (pod === null || name === undefined) return ''
    const before = known.get(id)
    const now = engine.now().getTime()
    if (pod.status?.phase === 'Running' && before !== undefined && before.until > now) return before.text
    const text = (await client.logs(config.namespace, name, { tailLines: 200 })) ?? ''
    const age = now - Date.parse(pod.status?.startTime ?? '')
    known.set(id, { until: now + (age < YOUNG_MS ? FRESH_MS / 10 : FRESH_MS), text })
    return text
  }
}

/** Of its Job and pod. */
async function look(id: InstanceId, deps: PodDeps): Promise<Seen> {
  const row = await readSandboxOfInstance(id, deps.engine)
  if (row === undefined) return { kind: 'nothing' }
  const { failure } = row
  if (failure !== null) return { kind: 'exited', exitCode: null, isOutOfMemory: false, ...failure }
  // What we remove ourselves is not looked at meanwhile.
  return seenOf(row, { isOurDoing: false }, deps)
}
