import { isIP } from 'node:net'
import { dirname, join } from 'node:path'

export interface HostPort {
  readonly host: string
  readonly port: number
}

/** Where a sandbox on a cluster is, as the environment of its container says. Nothing of it is secret from the agent. */
export interface Place {
  /** Of its row and its Job. */
  readonly name: string
  /** Of its pod: the ticket of one claim. */
  readonly uid: string
  readonly gateway: HostPort
  /** Always open at the gateway's address: only the cluster's policy closes it. */
  readonly canary: HostPort
  /** What has to be closed besides. */
  readonly closed: readonly HostPort[]
  readonly wallDeadlineMs: number
  readonly workspace: string
  readonly home: string
  readonly claudePath: string
}

/** As many as a report of the wall has room for, with gateway and canary. */
const MAX_CLOSED = 48

/** Null where no sandbox of a cluster is named. Throws naming the variable and what it takes. */
export function readPlace(env: NodeJS.ProcessEnv, execPath: string): Place | null {
  const name = env['ERRAND_SANDBOX']
  if (name === undefined) return null
  const closed = listOf(env['ERRAND_CLOSED']).map((one) => hostPort('ERRAND_CLOSED', one))
  if (closed.length > MAX_CLOSED) throw new Error(`ERRAND_CLOSED names more than ${MAX_CLOSED} addresses`)
  return {
    name,
    uid: needed(env, 'ERRAND_POD_UID'),
    gateway: hostPort('ERRAND_GATEWAY', needed(env, 'ERRAND_GATEWAY')),
    canary: hostPort('ERRAND_CANARY', needed(env, 'ERRAND_CANARY')),
    closed,
    wallDeadlineMs: milliseconds('ERRAND_WALL_DEADLINE_MS', needed(env, 'ERRAND_WALL_DEADLINE_MS')),
    workspace: env['ERRAND_WORKSPACE'] ?? '/workspace',
    home: env['ERRAND_HOME'] ?? '/home/agent',
    // Both come with the tools.
    claudePath: join(dirname(execPath), 'claude'),
  }
}

export function addressText({ host, port }: HostPort): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`
}

function needed(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name] ?? ''
  if (value === '') throw new Error(`${name} is not set: a sandbox of a cluster needs it`)
  return value
}

function listOf(value = ''): readonly string[] {
  return value
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
}

/** By number only: a sandbox has no name service, and one that is looked up could be answered by somebody else. */
function hostPort(name: string, value: string): HostPort {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(value) ?? []
  const [host, port] = [bracketed ?? plain ?? '', Number(digits)]
  const isFitting = isIP(host) === (bracketed === undefined ? 4 : 6) && port >= 1 && port <= 65_535
  if (!isFitting)
    throw new Error(`${name} has "${value}": it takes an address and a port, as 10.43.0.7:8600 or [fd00::7]:8600`)
  return { host, port }
}

function milliseconds(name: string, value: string): number {
  const ms = Number(value)
  if (!Number.isSafeInteger(ms) || ms < 1) throw new Error(`${name} has "${value}": it takes a number of milliseconds`)
  return ms
}
