import { type BridgeBoot, type InstallBoot, readBootLine } from '@errand/contracts'
import { isObject } from './message/spans.ts'

const MAX_LINE_BYTES = 256 * 1024

export async function readBoot(input: AsyncIterable<Uint8Array>): Promise<BridgeBoot | InstallBoot> {
  const boot = await readBootLine(input, { maxBytes: MAX_LINE_BYTES })
  if (isInstall(boot)) return boot
  if (!isBoot(boot)) throw new Error('the boot line does not have the form of BridgeBoot')
  return boot
}

function isBoot(value: unknown): value is BridgeBoot {
  if (!isObject(value) || !isObject(value['listen']) || !isObject(value['server'])) return false
  const { command, cwd, env } = value['server']
  const isCommand = Array.isArray(command) && command.length > 0 && command.every((word) => typeof word === 'string')
  return isCommand && typeof cwd === 'string' && isObject(env) && typeof value['idleMs'] === 'number'
}

function isInstall(value: unknown): value is InstallBoot {
  return isObject(value) && isObject(value['install']) && isObject(value['gateway'])
}
