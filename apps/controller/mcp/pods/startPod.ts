import { type BridgeBoot, Fault, type HostedProgram, type InstallBoot } from '@errand/contracts'
import type { Seen } from '@errand/domain'
import { type Bundle, findBundleOf, type Instance, prepareInstanceSandbox, readInstance } from '@errand/engine'
import { type SandboxShape, SERVER_PORT, SERVES_LABEL } from '@errand/kube'
import { clusterFault } from '../../cluster/clusterFault.ts'
import { makeJob } from '../../cluster/makeJob.ts'
import { type HostedPlace, note, serverOf, whyEnded } from '../hosted.ts'
import type { PodDeps } from './podDeps.ts'

interface Deps extends PodDeps {
  readonly place: Omit<HostedPlace, 'start'>
}

/** Tells the Jobs of hosted servers from those of runs. */
export const JOB_PREFIX = 'errand-server-'

/** Somebody was quicker than its pod. */
const DELETED = 'Its Job was deleted.'
const INSTALL_MS = 10 * 60_000
const START_MS = 3 * 60_000
const POLL_MS = 100
const DAY_SECONDS = 24 * 3600
/** Longer than any idle time; the bridge ends by itself. */
const DEADLINE_SECONDS = 30 * DAY_SECONDS
/** What of the pod is not the server: the runner that came in first, and the bridge. */
const OWN_MIB = 192
const INSTALL_MIB = 2048
const DISK_MIB = 4096

/** As the default image has them, and the tools beside it. */
const INSIDE = {
  node: '/errand/bin/node',
  npm: '/usr/local/lib/node_modules/npm/bin/npm-cli.js',
  python: '/usr/bin/python3',
  home: '/home/agent',
  bundle: '/workspace/bundle',
  path: '/usr/local/bin:/usr/bin:/bin',
} as const

/** See `HostedPlace.start`: a package that nobody installed yet first, in a pod of its own. */
export async function startPod(instance: Instance, deps: Deps): Promise<Instance> {
  await deps.ready()
  const of = { orgId: instance.orgId, package: instance.recipe.package }
  const bundle = (await findBundleOf(of, deps.engine)) ?? (await install(instance, deps))
  const sight = { state: 'starting', tokenHash: null, bundle: bundle.sha256, address: null } as const
  const starting = await note(instance, sight, deps)
  const memoryMib = instance.recipe.memoryMib + OWN_MIB
  await makePod(instance, { program: programOf(instance, bundle), memoryMib, ...imageOf(instance, bundle) }, deps)
  return await untilAnswers(starting, deps)
}

async function install(instance: Instance, deps: Deps): Promise<Bundle> {
  const { engine, place, delay, stopping } = deps
  const { id, orgId, recipe } = instance
  await note(instance, { state: 'installing', tokenHash: null, address: null }, deps)
  await makePod(instance, { program: installationOf(instance), memoryMib: INSTALL_MIB, image: null }, deps)
  const until = engine.now().getTime() + INSTALL_MS
  for (;;) {
    stopping.throwIfAborted()
    const seen = await place.look(id)
    if (seen.kind === 'exited') {
      const isDone = seen.exitCode === 0 && seen.code === undefined
      const words = isDone ? '' : await whyEnded(id, seen, place)
      await place.takeAway(id)
      const bundle = await findBundleOf({ orgId, package: recipe.package }, engine)
      if (bundle !== undefined) return bundle
      throw new Fault('mcp.install-failed', words === '' ? 'The installation left nothing.' : words)
    }
    if (seen.kind === 'nothing') throw new Fault('mcp.install-failed', DELETED)
    if (engine.now().getTime() > until)
      throw new Fault('mcp.install-failed', late('It took longer than ten minutes', seen))
    await delay(POLL_MS)
  }
}

async function makePod(
  instance: Instance,
  { program, ...given }: Omit<SandboxShape, 'cpus' | 'diskMib'> & { readonly program: HostedProgram },
  deps: Deps,
): Promise<void> {
  const { engine, place } = deps
  const { id, orgId } = instance
  await place.takeAway(id)
  const name = `${JOB_PREFIX}${id}`
  await prepareInstanceSandbox({ instance, name, program }, engine)
  const shape = { ...given, cpus: 2, diskMib: DISK_MIB }
  const labels = { [SERVES_LABEL]: 'mcp' }
  try {
    await makeJob({ name, orgId, shape, deadlineSeconds: DEADLINE_SECONDS, labels }, deps)
  } catch (error) {
    throw clusterFault(error)
  }
}

/** Its bridge says by itself where it is: through the gateway, for nobody else reaches it. */
async function untilAnswers(instance: Instance, { engine, place, delay, stopping }: Deps): Promise<Instance> {
  const until = engine.now().getTime() + START_MS
  for (;;) {
    stopping.throwIfAborted()
    const current = await readInstance(instance, engine)
    if (current !== undefined && current.address !== null) return current
    const seen = await place.look(instance.id)
    if (seen.kind === 'exited') throw new Fault('mcp.crashed', await whyEnded(instance.id, seen, place))
    if (seen.kind === 'nothing') throw new Fault('mcp.crashed', DELETED)
    if (engine.now().getTime() > until) throw new Fault('mcp.crashed', late('It did not answer after its start', seen))
    await delay(POLL_MS)
  }
}

function late(words: string, seen: Seen): string {
  const waiting = seen.kind === 'running' ? seen.waiting?.detail : undefined
  return waiting === undefined ? `${words}.` : `${words}: ${waiting}`
}

/** The pod's own image is exactly the one that was installed; the bridge comes in beside it. */
function imageOf({ recipe }: Instance, { note: { image } }: Bundle): Pick<SandboxShape, 'image' | 'folder'> {
  if (image === undefined) return { image: null }
  return { image: `${recipe.package.name}@${image.manifest}`, folder: image.cwd }
}

function programOf({ recipe }: Instance, bundle: Bundle): Omit<BridgeBoot, 'gateway'> {
  return {
    listen: { kind: 'tcp', host: '0.0.0.0', port: SERVER_PORT },
    // Of an image the cluster brings the files, and nothing need be in it that would unpack ours.
    ...(bundle.note.image === undefined ? { bundle: { sha256: bundle.sha256, folder: INSIDE.bundle } } : {}),
    server: serverOf(recipe, bundle.note, INSIDE),
    idleMs: recipe.idleMinutes * 60_000,
  }
}

function installationOf({ recipe }: Instance): Omit<InstallBoot, 'gateway'> {
  const { registry, name, version, sha256 = null, bin = null } = recipe.package
  const { node, npm, python, bundle } = INSIDE
  return {
    install: {
      registry,
      name,
      version,
      sha256,
      bin,
      node,
      npm,
      python,
      folder: bundle,
      startsIn: bundle,
      isSent: true,
      // The cluster has its own way to the files.
      isNoteOnly: registry === 'oci',
    },
  }
}
