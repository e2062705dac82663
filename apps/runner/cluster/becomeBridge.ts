import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import type { BridgeBoot, InstallBoot } from '@errand/contracts'

/**
 * The wall is proven and the token claimed: from here on this sandbox is a hosted server's, and the bridge that came
 * with the tools does the work. Gives its exit code. Of our environment it gets nothing: the ticket is in it.
 */
export async function becomeBridge(boot: BridgeBoot | InstallBoot, path: string): Promise<number> {
  const program = join(dirname(process.execPath), '../bridge.mjs')
  const bridge = spawn(process.execPath, [program], { env: { PATH: path }, stdio: ['pipe', 'inherit', 'inherit'] })
  // One that ends before it has read says why by its exit code.
  bridge.stdin.on('error', () => undefined)
  bridge.stdin.end(`${JSON.stringify(boot)}\n`)
  const [code] = (await once(bridge, 'close')) as [number | null]
  return code ?? 1
}
