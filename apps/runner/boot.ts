import { readBootLine, type RunnerBoot } from '@errand/contracts'

const MAX_LINE_BYTES = 64 * 1024

export async function readBoot(input: AsyncIterable<Uint8Array>): Promise<RunnerBoot> {
  const boot = await readBootLine(input, { maxBytes: MAX_LINE_BYTES })
  if (!isBoot(boot)) throw new Error('the boot line does not have the form of RunnerBoot')
  return boot
}

function isBoot(value: unknown): value is RunnerBoot {
  if (typeof value !== 'object' || value === null) return false
  const boot = value as Partial<Record<keyof RunnerBoot, unknown>>
  const texts = [boot.token, boot.workspace, boot.home, boot.claudePath]
  const gateway = boot.gateway as { kind?: unknown } | null | undefined
  return texts.every((text) => typeof text === 'string') && (gateway?.kind === 'socket' || gateway?.kind === 'tcp')
}
