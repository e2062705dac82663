import { Fault, type HealthReport } from '@errand/contracts'
import { noteHealth, readSandboxOfInstance } from '@errand/engine'
import * as z from 'zod'
import { parseJson } from '../parseJson.ts'
import { readBody } from '../readBody.ts'
import type { HostedCall } from './forwardHostedEgress.ts'
import type { HostedDeps } from './hostedServer.ts'

const count = z.int().min(0).max(1_000_000)
const reportSchema: z.ZodType<HealthReport> = z.object({
  port: z.int().min(1).max(65_535),
  sessions: count,
  processes: count,
  waiting: count,
  crashes: count,
  lastError: z.string().max(10_000).nullable(),
  memoryMib: z.number().min(0).max(10_000_000),
})
const MAX_BODY_BYTES = 16 * 1024

/**
 * A bridge on a cluster says how it is, and so that it answers: at its pod's address, which the controller has from the
 * cluster. What it spoke from may be its node's.
 */
export async function takeHealth({ request, reply, instance }: HostedCall, { engine }: HostedDeps): Promise<void> {
  const report = reportSchema.safeParse(parseJson((await readBody(request, MAX_BODY_BYTES)).toString()))
  const podAddress = (await readSandboxOfInstance(instance.id, engine))?.podAddress ?? null
  if (!report.success || podAddress === null || instance.state === 'installing') throw new Fault('input.invalid')
  const { port, ...health } = report.data
  const host = podAddress.includes(':') ? `[${podAddress}]` : podAddress
  await noteHealth(instance, { health, address: `http://${host}:${port}` }, engine)
  if (reply.kind === 'http') reply.response.writeHead(204).end()
}
