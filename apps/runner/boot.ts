import type { Readable } from 'node:stream'
import type { RunnerBoot } from '@errand/contracts'

const MAX_LINE_BYTES = 64 * 1024

/** Standard input ended first. */
export class NoBootLine extends Error {}

/**
 * Reads the boot line, the first line of standard input: the only way the run token comes in, so it is in no
 * environment, no argument list and no file. Checked by hand: a schema library would cost half of the start-up time,
 * and the line comes from the executor that started this very process.
 */
export async function readBoot(input: Readable): Promise<RunnerBoot> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of input as AsyncIterable<Buffer>) {
    const end = chunk.indexOf(10)
    chunks.push(end < 0 ? chunk : chunk.subarray(0, end))
    size += chunk.length
    if (end >= 0) return parseBoot(Buffer.concat(chunks).toString('utf8'))
    if (size > MAX_LINE_BYTES) throw new Error('the boot line is longer than a boot line may be')
  }
  throw new NoBootLine('no boot line came on standard input')
}

function parseBoot(line: string): RunnerBoot {
  const boot: unknown = parseJson(line)
  if (!isBoot(boot)) throw new Error('the boot line does not have the form of RunnerBoot')
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

function isBoot(value: unknown): value is RunnerBoot {
  if (typeof value !== 'object' || value === null) return false
  const boot = value as Partial<Record<keyof RunnerBoot, unknown>>
  const texts = [boot.token, boot.workspace, boot.home, boot.claudePath]
  const gateway = boot.gateway as { kind?: unknown } | null | undefined
  return texts.every((text) => typeof text === 'string') && (gateway?.kind === 'socket' || gateway?.kind === 'tcp')
}
