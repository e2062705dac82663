/**
 * What bridges cost in front of the same server over its standard streams: processor time of the bridge for each call, its
 * memory for each session, calls a second. Ours in both of its modes, each against the peer that works as it does: a
 * process for each session (supergateway), and one for all (mcp-proxy). What the server itself needs is not counted.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { BridgeBoot } from '@errand/contracts'
import { freePort, until } from '@errand/testkit'
import { MCP_FIXTURE_PROGRAM } from '@errand/testkit/mcpFixture'
import { callInTurns, openMcpSession } from '../harness/mcpSession.ts'
import { cpuMs, ended, pssKb } from '../harness/processes.ts'
import { report, round } from '../harness/report.ts'

const SESSIONS = 8
const CALLS_EACH = Number(process.argv[2] ?? 250)
const SERVER = fileURLToPath(MCP_FIXTURE_PROGRAM)
const BRIDGE = fileURLToPath(new URL('../../apps/bridge/dist/bridge.mjs', import.meta.url))
const LOOPBACK = fileURLToPath(new URL('loopback.ts', import.meta.url))
const installed = (path: string) => fileURLToPath(new URL(`../node_modules/${path}`, import.meta.url))

type Start = (port: number) => ChildProcess

const ours =
  (share: 'session' | 'all'): Start =>
  (port) => {
    const boot: BridgeBoot = {
      listen: { kind: 'tcp', host: '127.0.0.1', port },
      gateway: null,
      server: { command: [process.execPath, SERVER], cwd: '/', env: {}, share },
      idleMs: 600_000,
    }
    const child = node(BRIDGE)
    child.stdin?.end(`${JSON.stringify(boot)}\n`)
    return child
  }
const supergateway: Start = (port) =>
  node(
    ...['--import', LOOPBACK, installed('supergateway/dist/index.js')],
    ...['--stdio', `${process.execPath} ${SERVER}`, '--outputTransport', 'streamableHttp', '--stateful'],
    ...['--port', String(port), '--logLevel', 'none'],
  )
const mcpProxy: Start = (port) =>
  node(
    ...[installed('mcp-proxy/dist/bin/mcp-proxy.mjs'), '--host', '127.0.0.1'],
    ...['--port', String(port), '--server', 'stream', '--', process.execPath, SERVER],
  )

for (const [name, us, peer, peerName] of [
  ['session', ours('session'), supergateway, 'supergateway 4.0.0 --stateful'],
  ['shared', ours('all'), mcpProxy, 'mcp-proxy 6.7.19'],
] as const) {
  const [mine, theirs] = [await measure(us), await measure(peer)]
  const line = (what: string, value: number, other: number, isAhead: boolean, unit: string) =>
    report({
      bench: `mcpBridge.${name}.${what}`,
      value: round(value, 3),
      peer: round(other, 3),
      ratio: round(value / other),
      bar: `ahead of ${peerName}`,
      ok: isAhead,
      note: unit,
    })
  line(
    'cpu',
    mine.cpu,
    theirs.cpu,
    mine.cpu < theirs.cpu,
    `ms of the bridge’s processor time for each call, ${SESSIONS} sessions`,
  )
  line('memory', mine.kb, theirs.kb, mine.kb < theirs.kb, `kB of the bridge for each of ${SESSIONS} sessions`)
  line(
    'calls',
    mine.perSecond,
    theirs.perSecond,
    mine.perSecond > theirs.perSecond,
    `calls a second, ${SESSIONS} sessions`,
  )
}

function node(...args: string[]): ChildProcess {
  return spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'ignore'] })
}

async function measure(start: Start): Promise<{ cpu: number; kb: number; perSecond: number }> {
  const port = await freePort()
  const bridge = start(port)
  const pid = bridge.pid ?? 0
  try {
    await until(() => answers(port), { what: 'the bridge', deadlineMs: 60_000 })
    const place = { at: { host: '127.0.0.1', port }, path: '/mcp', headers: { 'x-errand-principal': 'bench' } }
    const sessions = await Promise.all(Array.from({ length: SESSIONS }, () => openMcpSession(place)))
    // The first calls compile; what they cost is nobody's figure.
    await callInTurns(sessions, CALLS_EACH)
    const before = await cpuMs(pid)
    const { ms, callsPerSecond } = await callInTurns(sessions, CALLS_EACH)
    const cpu = ((await cpuMs(pid)) - before) / ms.length
    const kb = (await pssKb(pid)) / SESSIONS
    for (const session of sessions) session.close()
    return { cpu, kb, perSecond: callsPerSecond }
  } finally {
    await ended(bridge)
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
