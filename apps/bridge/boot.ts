import type { Readable } from 'node:stream'
import type { BridgeBoot, InstallBoot } from '@errand/contracts'
import { isObject } from './message/spans.ts'

const MAX_LINE_BYTES = 256 * 1024

/** Reads the first line of standard input: the only way the bridge's token comes in. */
export async function readBoot(input: Readable): Promise<BridgeBoot | InstallBoot> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of input as AsyncIterable<Buffer>) {
    const end = chunk.indexOf(10)
    chunks.push(end < 0 ? chunk : chunk.subarray(0, end))
    size += chunk.length
    if (end >= 0) return parseBoot(Buffer.concat(chunks).toString())
    if (size > MAX_LINE_BYTES) break
  }
  throw new Error('no boot line came on standard input')
}

function parseBoot(line: string): BridgeBoot | InstallBoot {
  const boot: unknown = parseJson(line)
  if (isInstall(boot)) return boot
  if (!isBoot(boot)) throw new Error('the boot line does not have the form of BridgeBoot')
  return boot
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    // The parser's own words quote the line, and the line holds the token.
    throw new Error('the boot line is not JSON')
  }
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
