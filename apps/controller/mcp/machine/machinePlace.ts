import { Fault } from '@errand/contracts'
import { type Instance, newInstanceToken } from '@errand/engine'
import { INSIDE } from '@errand/sandbox'
import { join } from 'node:path'
import { type HostedPlace, note, serverOf, whyEnded } from '../hosted.ts'
import { askBridge } from './bridgeHealth.ts'
import type { Bundle } from './bundles.ts'
import { installBundle } from './install.ts'
import { BUNDLE_INSIDE, type MachineDeps, takeAway } from './machineDeps.ts'
import { SERVER_PATH } from './tools.ts'

const START_MS = 30_000
const ROOT_INSIDE = `${BUNDLE_INSIDE}/files`
/** Where an image says nothing else. */
const IMAGE_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const POLL_MS = 25

/** Hosted servers in sandboxes of this machine, each with a socket where its bridge answers. */
export function machinePlace(deps: MachineDeps): HostedPlace {
  const { executor } = deps
  const printed: HostedPlace['printed'] = (id) => executor.printed(id)
  return {
    look: (id) => executor.look(id),
    start: (instance) => start(instance, { ...deps, printed }),
    takeAway: (id) => takeAway(id, deps),
    list: () => executor.list(),
    async tidy(known) {
      for (const id of await executor.list()) if (!known.has(id)) await takeAway(id, deps)
      await executor.tidy()
    },
    printed,
    sweep: (bundles) => deps.bundles.sweep(bundles),
    health: async ({ address }) => (address === null ? null : await askBridge(address)),
    onExit: (listener) => executor.onExit(listener),
  }
}

type Deps = MachineDeps & Pick<HostedPlace, 'printed'>

async function start(instance: Instance, deps: Deps): Promise<Instance> {
  const { recipe, id } = instance
  const bundle = await deps.bundles.findOr(recipe.package, () => installBundle(instance, deps))
  const { token, hash } = newInstanceToken()
  const address = join(deps.executor.workspace(id), 'mcp.sock')
  const sight = { state: 'starting', tokenHash: hash, bundle: bundle.sha256, address: null } as const
  const starting = await note(instance, sight, deps)
  const [gatewayFolder, tools] = await Promise.all([deps.doors.open(id), deps.tools()])
  const isImage = bundle.image !== undefined
  await deps.executor.start({
    runId: id,
    token,
    gatewayFolder,
    limits: { memoryMib: recipe.memoryMib, cpus: 2, pids: 512 },
    mounts: [...(isImage ? [] : tools.mounts), { source: bundle.folder, target: BUNDLE_INSIDE }],
    ...(isImage ? { image: ROOT_INSIDE } : {}),
    program: { path: deps.bridgePath, boot: bootOf(instance, bundle, token) },
  })
  await untilAnswers(instance, address, deps)
  return { ...starting, address }
}

function bootOf({ recipe }: Instance, bundle: Bundle, token: string): Readonly<Record<string, unknown>> {
  const isImage = bundle.image !== undefined
  return {
    listen: { kind: 'socket', path: `${INSIDE.workspace}/mcp.sock` },
    gateway: { kind: 'socket', path: INSIDE.gatewaySocket, token },
    server: {
      ...serverOf(recipe, bundle, { path: isImage ? IMAGE_PATH : SERVER_PATH, home: INSIDE.home }),
      ...(isImage ? { root: ROOT_INSIDE } : {}),
    },
    idleMs: recipe.idleMinutes * 60_000,
  }
}

async function untilAnswers({ id }: Instance, address: string, deps: Deps): Promise<void> {
  const { executor, engine, delay, stopping } = deps
  const until = engine.now().getTime() + START_MS
  while ((await askBridge(address)) === null) {
    stopping.throwIfAborted()
    const seen = await executor.look(id)
    if (seen.kind === 'exited') throw new Fault('mcp.crashed', await whyEnded(id, seen, deps))
    if (engine.now().getTime() > until) throw new Fault('mcp.crashed', 'It did not answer after its start.')
    await delay(POLL_MS)
  }
}
