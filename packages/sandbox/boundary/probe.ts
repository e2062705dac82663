/**
 * Runs inside a sandbox in place of the runner and tries to get out of it. It holds a token, as a runner does; its child,
 * started with the Node that agents have, is in an agent's position and makes the attempts.
 * Prints one JSON object per line. Nothing here may be imported at run time but Node itself: the file is alone inside.
 */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import type { BoundaryCheck, ProbeTask } from './check.ts'

interface Order extends ProbeTask {
  readonly gatewaySocket: string
  /** Joined they are the token: a process that holds the whole of it in its memory would find itself. */
  readonly tokenHalves: readonly [string, string]
}

// Constants stand above the first statement: what follows it runs before the end of the file is reached.
/** ptrace(PTRACE_ATTACH, 1): perl can make any system call by its number. */
const PTRACE: Readonly<Partial<Record<string, number>>> = { x64: 101, arm64: 117 }

const NOT_LIMITED = 'not limited on this machine: start Errand as root or as a systemd service with Delegate=yes'

const [, , role] = process.argv
if (role === undefined) startAgent()
else await tryEverything(JSON.parse(readFileSync(0, 'utf8')) as Order)

function startAgent(): void {
  const boot = JSON.parse(readFileSync(0, 'utf8')) as { token: string; gateway: { path: string }; probe: ProbeTask }
  const half = Math.floor(boot.token.length / 2)
  const tokenHalves = [boot.token.slice(0, half), boot.token.slice(half)]
  const order = { ...boot.probe, gatewaySocket: boot.gateway.path, tokenHalves }
  const agent = spawnSync('node', [String(process.argv[1]), 'agent'], {
    input: JSON.stringify(order),
    stdio: ['pipe', 'inherit', 'inherit'],
  })
  process.exitCode = agent.status ?? 1
}

async function tryEverything(order: Order): Promise<void> {
  const attempts: readonly (() => BoundaryCheck | Promise<BoundaryCheck>)[] = [
    otherProcesses,
    () => filesOutside(order.closedPaths),
    writingToTheSystem,
    ...order.closedPorts.map((target) => () => loopback(target)),
    () => ownAddresses(order.ownAddresses),
    () => sockets(order.closedSockets),
    () => secretInView(order.tokenHalves),
    runnerMemory,
    () => gatewayWith(order, { name: 'The gateway without a token', token: null }),
    () => gatewayWith(order, { name: 'The gateway with the token of no live run', token: 'A'.repeat(43) }),
    ...(order.otherToken === null ? [] : [() => gatewayAsAnother(order.gatewaySocket, order.otherToken ?? '')]),
    privileges,
    kernelCalls,
    () => memoryLimit(order.memoryMib),
    () => processLimit(order.pids),
  ]
  for (const attempt of attempts) process.stdout.write(`${JSON.stringify(await attempt())}\n`)
}

function otherProcesses(): BoundaryCheck {
  const seen = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
  const strangers = seen.filter((pid) => ![1, process.ppid, process.pid].includes(pid))
  const tried = 'list /proc'
  const happened = `saw ${seen.length} processes: the first one, the runner and itself${strangers.length > 0 ? `, and ${strangers.join(' ')}` : ''}`
  return { name: 'Other processes are invisible', ok: strangers.length === 0, tried, happened }
}

function filesOutside(paths: readonly string[]): BoundaryCheck {
  const results = paths.map((path) => ({ path, result: codeOf(() => readFileSync(path)) }))
  // EISDIR is an open folder.
  const opened = results.filter(({ result }) => result === 'done' || result === 'EISDIR')
  return {
    name: 'Files outside are unreadable',
    ok: opened.length === 0,
    tried: `open ${paths.join(', ')}`,
    happened:
      opened.length === 0
        ? tally(results.map(({ result }) => result))
        : `opened ${opened.map(({ path }) => path).join(', ')}`,
  }
}

function writingToTheSystem(): BoundaryCheck {
  const folders = ['/', '/usr', '/etc', '/opt/errand/bin', '/run/errand', '/proc/sys/kernel']
  const results = folders.map((folder) => codeOf(() => writeFileSync(`${folder}/errand-probe`, 'x')))
  const ok = !results.includes('done')
  return { name: 'The system is read-only', ok, tried: `write to ${folders.join(', ')}`, happened: tally(results) }
}

async function loopback({ port, what }: { port: number; what: string }): Promise<BoundaryCheck> {
  const result = await dial({ host: '127.0.0.1', port })
  const tried = `connect to 127.0.0.1:${port}`
  return { name: `${what} is out of reach`, ok: result !== 'connected', tried, happened: result }
}

async function ownAddresses(addresses: readonly string[]): Promise<BoundaryCheck> {
  const results = await Promise.all(addresses.map((host) => dial({ host, port: 9 })))
  // Refused would mean that the packet came there.
  const reached = results.filter((result) => result === 'connected' || result === 'ECONNREFUSED')
  const tried =
    addresses.length === 0 ? 'no address: this machine has none but loopback' : `connect to ${addresses.join(', ')}`
  return {
    name: 'No way to any network',
    ok: reached.length === 0,
    tried,
    happened: results.length === 0 ? 'nothing to try' : tally(results),
  }
}

async function sockets(paths: readonly string[]): Promise<BoundaryCheck> {
  const results = await Promise.all(paths.map((path) => dial({ path })))
  const shown = paths.map((path) => path.replace('\0', '@'))
  const ok = !results.includes('connected')
  return {
    name: 'Sockets of this machine are out of reach',
    ok,
    tried: `connect to ${shown.join(', ')}`,
    happened: tally(results),
  }
}

function secretInView([first, second]: readonly [string, string]): BoundaryCheck {
  const isThere = (path: string): boolean => {
    const text = contentOf(path)
    const at = text.indexOf(first)
    return at >= 0 && text.startsWith(second, at + first.length)
  }
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const places = pids.flatMap((pid) => [`/proc/${pid}/environ`, `/proc/${pid}/cmdline`])
  const found = [...places, ...filesBelow(['/workspace', '/home/agent', '/tmp', '/etc', '/opt/errand/lib'])].filter(
    isThere,
  )
  return {
    name: 'No secret in sight',
    ok: found.length === 0,
    tried: 'search for the run token in every environment, command line and file',
    happened: found.length === 0 ? 'not found' : `found in ${found.join(', ')}`,
  }
}

function runnerMemory(): BoundaryCheck {
  const names = ['mem', 'environ', 'maps', 'fd/0', 'auxv', 'exe']
  const results = names.map((name) => codeOf(() => readFileSync(`/proc/${process.ppid}/${name}`)))
  const ok = results.every((result) => result === 'EACCES' || result === 'EPERM')
  return {
    name: 'The runner is closed to the agent',
    ok,
    tried: `read /proc/${process.ppid}/{${names.join(',')}}`,
    happened: tally(results),
  }
}

async function gatewayWith(
  order: Order,
  { name, token }: { name: string; token: string | null },
): Promise<BoundaryCheck> {
  const happened = await ask(order.gatewaySocket, asRunner(token))
  const tried = token === null ? 'ask for a run’s task without a token' : 'ask for a run’s task with a made-up token'
  return { name: `${name} is closed`, ok: happened.startsWith('refused'), tried, happened }
}

async function gatewayAsAnother(socketPath: string, token: string): Promise<BoundaryCheck> {
  const results = [
    await ask(socketPath, asRunner(token)),
    await ask(socketPath, { path: '/llm/v1/models', headers: { 'x-errand-run-token': token } }),
  ]
  return {
    name: 'The gateway with the token of another live run is closed',
    ok: results.every((result) => result.startsWith('refused')),
    tried: 'ask for that run’s task as its runner, and for models as its agent',
    happened: tally(results),
  }
}

interface Question {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

function asRunner(token: string | null): Question {
  return { path: '/runner/v1/spec', headers: token === null ? {} : { authorization: `Bearer ${token}` } }
}

async function ask(socketPath: string, { path, headers }: Question): Promise<string> {
  const call = request({ socketPath, path, headers, timeout: 5_000 })
  call.end()
  try {
    const [answer] = (await once(call, 'response')) as [import('node:http').IncomingMessage]
    const text = (await answer.toArray()).join('')
    const status = answer.statusCode ?? 0
    const code = /"code":"([a-z.-]+)"/.exec(text)?.[1] ?? ''
    return status === 401 || status === 403 ? `refused: ${status} ${code}`.trim() : `answered ${status}`
  } catch (error) {
    return `no answer: ${errorCode(error)}`
  }
}

function privileges(): BoundaryCheck {
  const status = readFileSync('/proc/self/status', 'utf8')
  const field = (name: string) => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1] ?? '?'
  const capabilities = field('CapBnd')
  const ok = /^0+$/.test(capabilities) && /^0+$/.test(field('CapEff')) && field('NoNewPrivs') === '1'
  const happened = `capabilities ${capabilities}, no new privileges ${field('NoNewPrivs')}, seccomp mode ${field('Seccomp')}, uid ${process.getuid?.()}`
  return { name: 'No privileges, and none to be had', ok, tried: 'read /proc/self/status', happened }
}

function kernelCalls(): BoundaryCheck {
  const ptrace = existsSync('/usr/bin/perl') ? PTRACE[process.arch] : undefined
  const commands = [
    'unshare --user true',
    'unshare --mount true',
    'mount -t tmpfs none /tmp',
    'chroot /tmp true',
    'nsenter -t 1 -m true',
    ...(ptrace === undefined ? [] : [`perl -e 'exit(syscall(${ptrace}, 16, 1, 0, 0) == 0 ? 0 : 1)'`]),
  ]
  const done = commands.filter((command) => spawnSync('sh', ['-c', command], { stdio: 'ignore' }).status === 0)
  const happened = done.length === 0 ? `refused ×${commands.length}` : `done: ${done.join(', ')}`
  const name = 'No namespace, no mount, no tracing of the runner'
  return { name, ok: done.length === 0, tried: commands.join(', '), happened }
}

function memoryLimit(memoryMib: number | null): BoundaryCheck {
  const name = 'Memory is limited'
  if (memoryMib === null) return { name, ok: false, tried: 'nothing', happened: NOT_LIMITED }
  const hog = `const kept = []; for (let i = 0; i < ${memoryMib}; i += 16) kept.push(Buffer.alloc(16 << 20, 1)); process.exit(0)`
  const { signal, status } = spawnSync('node', ['-e', hog], { stdio: 'ignore' })
  const ok = signal === 'SIGKILL' || status !== 0
  return {
    name,
    ok,
    tried: `take ${memoryMib} MiB`,
    happened: ok ? `the process was killed (${signal ?? status})` : 'it could',
  }
}

function processLimit(pids: number | null): BoundaryCheck {
  const name = 'Processes are limited'
  if (pids === null) return { name, ok: false, tried: 'nothing', happened: NOT_LIMITED }
  const many = `const { spawn } = require('node:child_process'); let n = 0
    for (let i = 0; i < ${pids}; i++) { const c = spawn('sleep', ['9']); c.on('error', () => {}); if (c.pid) n++ }
    console.log(n); process.kill(process.pid, 'SIGKILL')`
  const { stdout } = spawnSync('node', ['-e', many], { encoding: 'utf8' })
  const made = Number(stdout.trim())
  return { name, ok: made < pids, tried: `start ${pids} processes`, happened: `${made} started, the rest were refused` }
}

async function dial(target: { host: string; port: number } | { path: string }): Promise<string> {
  const socket = connect(target)
  socket.setTimeout(3_000)
  try {
    await Promise.race([
      once(socket, 'connect'),
      once(socket, 'timeout').then(() => Promise.reject(Object.assign(new Error('timeout'), { code: 'no answer' }))),
    ])
    return 'connected'
  } catch (error) {
    return errorCode(error)
  } finally {
    socket.destroy()
  }
}

function filesBelow(folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) => {
    try {
      const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
      return entries.filter((entry) => entry.isFile()).map((entry) => `${entry.parentPath}/${entry.name}`)
    } catch {
      // A folder that cannot be listed shows nothing.
      return []
    }
  })
}

/** As one byte per character, so that any content can be searched; empty when it cannot be read, which is the good case. */
function contentOf(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

function codeOf(attempt: () => unknown): string {
  try {
    attempt()
    return 'done'
  } catch (error) {
    return errorCode(error)
  }
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

/** `ENOENT ×3, EACCES`. */
function tally(results: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const result of results) counts.set(result, (counts.get(result) ?? 0) + 1)
  return [...counts].map(([result, count]) => (count === 1 ? result : `${result} ×${count}`)).join(', ')
}
