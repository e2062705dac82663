import type { Socket } from 'node:net'
import { asRunFault, COMMAND_HEADER, Fault } from '@errand/contracts'
import { decideHost, formatAuthority, parseAuthority, type Target } from '@errand/domain'
import { type Call, grantOf } from '../call.ts'
import { connectGuarded } from './connect.ts'
import type { EgressDeps } from './egressDeps.ts'
import { forwardPlain } from './forwardPlain.ts'
import { runTunnel } from './tunnel.ts'
import { writeEgressRefusal } from './writeEgressRefusal.ts'

interface Needs {
  readonly egress: EgressDeps
}

const MAX_COMMAND = 500
/** What counts as blocked for a person; that a host is down is no news of the policy. */
const BLOCKS = new Set(['egress.host-denied', 'egress.address-private'])

/** Takes a call to where it wants to go, or says why not. Blocked ones and the first to each host are events. */
export async function forwardEgress(call: Call, deps: Needs): Promise<'answered'> {
  const target = targetOf(call)
  call.fields['host'] = target.host
  call.fields['port'] = target.port
  try {
    const socket = await open(call, target, deps)
    await carry(call, { target, socket }, deps)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    call.fields['code'] = error.code
    if (BLOCKS.has(error.code)) await recordBlocked(call, { target, fault: error }, deps)
    writeEgressRefusal(call.reply, error)
  }
  return 'answered'
}

async function open(call: Call, target: Target, { egress }: Needs): Promise<Socket> {
  const grant = grantOf(call)
  const { trustedHosts, privateHosts } = await egress.readOrgNetwork(grant.orgId)
  const decision = decideHost(target, { network: grant.network, hosts: grant.hosts, trustedHosts })
  const isOnce = decision.kind === 'blocked' && (await hold(call, { target, refusal: decision }, egress))
  const socket = await connectGuarded(target, privateHosts, egress.network)
  // It may fail at any time from here on; whoever uses it says what that means.
  socket.on('error', () => socket.destroy())
  try {
    const event = { type: 'egress.allowed', host: target.host, port: target.port, ...commandOf(call) } as const
    // What was allowed once is used up by this event.
    if (isOnce) await egress.recorder.recordAlways(grant, event)
    else await egress.recorder.recordOnce(grant, `allowed ${formatAuthority(target)}`, event)
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  }
}

/** Waits for a person to allow it, where one is asked; true when only this connection was allowed. */
async function hold(
  call: Call,
  { target, refusal }: { target: Target; refusal: Pick<Fault, 'code' | 'detail'> },
  { heldHosts }: EgressDeps,
): Promise<boolean> {
  const since = performance.now()
  try {
    const { isOnce } = await heldHosts.wait({
      grant: grantOf(call),
      target,
      command: commandOf(call).command,
      refusal: new Fault(refusal.code, refusal.detail),
      signal: call.signal,
    })
    return isOnce
  } finally {
    call.fields['heldMs'] = Math.round(performance.now() - since)
  }
}

async function carry(
  call: Call,
  { target, socket }: { target: Target; socket: Socket },
  { egress }: Needs,
): Promise<void> {
  if (call.reply.kind === 'tunnel') {
    const { up, down } = await runTunnel({
      client: call.reply.socket,
      head: call.reply.head,
      upstream: socket,
      idleMs: egress.idleMs,
      signal: call.signal,
    })
    call.fields['bytesUp'] = up
    call.fields['bytesDown'] = down
    return
  }
  await forwardPlain({ call, target, socket, response: call.reply.response, idleMs: egress.idleMs })
}

async function recordBlocked(
  call: Call,
  { target, fault }: { target: Target; fault: Fault },
  { egress }: Needs,
): Promise<void> {
  const command = commandOf(call)
  const key = `blocked ${fault.code} ${formatAuthority(target)} ${command.command ?? ''}`
  await egress.recorder.recordOnce(grantOf(call), key, {
    type: 'egress.blocked',
    host: target.host,
    port: target.port,
    code: asRunFault(fault.code),
    ...command,
  })
}

function targetOf(call: Call): Target {
  const target = call.reply.kind === 'tunnel' ? parseAuthority(call.target) : plainTarget(call.target)
  if (target === null) throw new Fault('input.invalid', 'The proxy takes CONNECT host:port and http:// addresses.')
  return target
}

function plainTarget(address: string): Target | null {
  const authority = /^http:\/\/([^/?#]*)/i.exec(address)?.[1]
  return authority === undefined ? null : parseAuthority(authority, 80)
}

/** The command line as the runner saw it. It comes from the sandbox: shown, never trusted. */
function commandOf(call: Call): { command?: string } {
  const header = call.request.headers[COMMAND_HEADER]
  if (typeof header !== 'string') return {}
  const command = Buffer.from(header, 'base64url')
    .toString()
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
  return command === '' ? {} : { command: command.slice(0, MAX_COMMAND) }
}
