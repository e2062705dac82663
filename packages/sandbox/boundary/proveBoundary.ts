import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:net'
import { networkInterfaces } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { RunId } from '@errand/contracts'
import type { Executor } from '../executor.ts'
import type { BoundaryCheck, ProbeTask } from './check.ts'

const PROBE = fileURLToPath(new URL('probe.ts', import.meta.url))
const LIMITS = { memoryMib: 256, cpus: 1, pids: 96 }
const DEADLINE_MS = 60_000
const POLL_MS = 25

export interface BoundaryTargets {
  /** What of this machine must stay closed: the data folder, the vault's key, the owner's token. */
  readonly closedPaths: readonly string[]
  /** What listens on this machine's loopback address: the api, Postgres. */
  readonly closedPorts: readonly { readonly port: number; readonly what: string }[]
  readonly closedSockets: readonly string[]
  /** Of another live run. */
  readonly otherToken?: string
}

/**
 * Starts a real sandbox with a program that tries to get out of it, and reports each attempt. Where it could not be
 * started the one line says why. The sandbox is under an id of its own, `runId`, and is gone afterwards.
 */
export async function proveBoundary(
  executor: Executor,
  { runId, gatewayFolder }: { readonly runId: RunId; readonly gatewayFolder: string },
  targets: BoundaryTargets,
): Promise<readonly BoundaryCheck[]> {
  const bait = await openBait()
  try {
    const { limits } = await executor.capabilities()
    const probe: ProbeTask = {
      otherToken: targets.otherToken ?? null,
      closedPaths: [...ALWAYS_CLOSED, ...targets.closedPaths],
      closedPorts: [{ port: bait.port, what: 'A listener of this test' }, ...targets.closedPorts],
      closedSockets: [bait.abstractName, ...targets.closedSockets],
      ownAddresses: ownAddresses(),
      memoryMib: limits.includes('memoryMib') ? LIMITS.memoryMib : null,
      pids: limits.includes('pids') ? LIMITS.pids : null,
    }
    const token = randomBytes(32).toString('base64url')
    await executor.start({ runId, token, gatewayFolder, limits: LIMITS, program: { path: PROBE, boot: { probe } } })
    await untilExited(executor, runId)
    return readChecks(await executor.printed(runId))
  } finally {
    await executor.kill(runId)
    await executor.remove(runId)
    await bait.close()
  }
}

const ALWAYS_CLOSED = ['/root', '/etc/shadow', '/sys/kernel', '/var/lib', '/var/run/docker.sock']

function readChecks(printed: string): readonly BoundaryCheck[] {
  const lines = printed.split('\n').filter((line) => line !== '')
  const checks = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as BoundaryCheck)
  const others = lines.filter((line) => !line.startsWith('{'))
  if (checks.length > 0 && others.length === 0) return checks
  const happened = others.join(' ').slice(-500) || 'it said nothing'
  return [...checks, { name: 'The probe runs to its end', ok: false, tried: 'start a sandbox', happened }]
}

async function untilExited(executor: Executor, runId: RunId): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS
  while ((await executor.look(runId)).kind === 'running') {
    if (performance.now() > deadline) return
    await delay(POLL_MS)
  }
}

/** Not loopback; link-local ones need an interface's name and are left out. */
function ownAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return all.filter(({ internal, address }) => !internal && !address.startsWith('fe80:')).map(({ address }) => address)
}

/** Something that is certainly there to be reached, by port and by abstract socket, so that a refusal proves a wall. */
async function openBait(): Promise<{ port: number; abstractName: string; close(): Promise<void> }> {
  const abstractName = `\0errand-doctor-${randomBytes(6).toString('hex')}`
  const tcp = await listen({ host: '127.0.0.1', port: 0 })
  const abstract = await listen({ path: abstractName })
  const address = tcp.address()
  if (address === null || typeof address === 'string') throw new Error('the listener has no port')
  return {
    port: address.port,
    abstractName,
    async close() {
      for (const server of [tcp, abstract]) await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function listen(where: { host: string; port: number } | { path: string }): Promise<Server> {
  const server = createServer((socket) => socket.end())
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(where, resolve))
  return server
}
