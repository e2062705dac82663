import { Fault, type InstallBoot, type InstanceId } from '@errand/contracts'
import { beginInstanceLog, type Instance, newInstanceToken } from '@errand/engine'
import { INSIDE } from '@errand/sandbox'
import { join } from 'node:path'
import type { Bundle } from './bundles.ts'
import { lastWordsOf, note } from '../hosted.ts'
import { BUNDLE_INSIDE, type MachineDeps, takeAway } from './machineDeps.ts'

const LIMITS = { memoryMib: 2048, cpus: 2, pids: 512 }
const DEADLINE_MS = 10 * 60_000
const POLL_MS = 100

/**
 * Installs the package of an instance in the sandbox that is its own, and takes the result in. The sandbox reaches the
 * registry that this machine's package manager is set to, and nothing else; for an image not even that, the gateway asks. Fault `mcp.install-failed` with the package
 * manager's words.
 */
export async function installBundle(instance: Instance, deps: MachineDeps): Promise<Bundle> {
  const { executor, doors, bundles } = deps
  const { id } = instance
  const { token, hash } = newInstanceToken()
  await note(instance, { state: 'installing', tokenHash: hash, address: null }, deps)
  await beginInstanceLog(id, deps.engine)
  try {
    const [gatewayFolder, tools] = await Promise.all([doors.open(id), deps.tools()])
    const { registry, name, version, sha256 = null, bin = null } = instance.recipe.package
    const boot: InstallBoot = {
      gateway: { kind: 'socket', path: INSIDE.gatewaySocket, token },
      install: {
        ...{ registry, name, version, sha256, bin, npm: tools.npm, python: tools.python, node: INSIDE.node },
        folder: `${INSIDE.workspace}/bundle`,
        startsIn: BUNDLE_INSIDE,
      },
    }
    const program = { path: deps.bridgePath, boot: { ...boot } }
    await executor.start({ runId: id, token, gatewayFolder, limits: LIMITS, mounts: tools.mounts, program })
    await untilEnded(id, deps)
    return await bundles.take(instance.recipe.package, join(executor.workspace(id), 'bundle'))
  } finally {
    await takeAway(id, deps)
  }
}

async function untilEnded(id: InstanceId, { executor, engine, delay, stopping }: MachineDeps): Promise<void> {
  const until = engine.now().getTime() + DEADLINE_MS
  for (;;) {
    stopping.throwIfAborted()
    const seen = await executor.look(id)
    if (seen.kind === 'exited' && seen.exitCode === 0) return
    if (seen.kind === 'exited') {
      const words = seen.isOutOfMemory ? 'It ran out of memory.' : lastWordsOf(await executor.printed(id))
      throw new Fault('mcp.install-failed', words)
    }
    if (seen.kind === 'nothing') throw new Fault('mcp.install-failed', 'Its sandbox is gone.')
    if (engine.now().getTime() > until) throw new Fault('mcp.install-failed', 'It took longer than ten minutes.')
    await delay(POLL_MS)
  }
}
