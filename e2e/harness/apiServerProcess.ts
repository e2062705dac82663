import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readdir, readFile, readlink } from 'node:fs/promises'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { until } from '@errand/testkit'

/** The API server of a node on this machine, as a process that can be killed and comes back. */
export interface ApiServerProcess {
  /** `kill -9`, and the same program started again with the same arguments where it was; resolves when it has been. */
  killAndReturn(): Promise<void>
}

/** Found by its command line: the one that listens where the kubeconfig says. Null where the cluster is elsewhere. */
export async function findApiServer(at: URL): Promise<ApiServerProcess | null> {
  const wanted = wantedOf(at)
  const found = await processWith(wanted)
  if (found === null) return null
  // One that was started here is no child of the node any more.
  const first = await firstOf(found.pid)
  return {
    async killAndReturn() {
      const old = await processWith(wanted)
      if (old === null) throw new Error('the API server is not there to be killed')
      process.kill(old.pid, 'SIGKILL')
      await until(async () => !(await isListening(at)), { what: 'the end of the API server' })
      await startLike({ ...old, first }, at)
    },
  }
}

/** The first process of the node whose API server it is; null where that is another machine. */
export async function findNode(api: URL): Promise<number | null> {
  const found = await processWith(wantedOf(api))
  return found === null ? null : firstOf(found.pid)
}

function wantedOf({ hostname, port }: URL): readonly string[] {
  return [`--bind-address=${hostname}`, `--secure-port=${port}`]
}

interface Found {
  readonly pid: number
  readonly program: string
  readonly args: readonly string[]
  readonly log: string
}

async function processWith(wanted: readonly string[]): Promise<Found | null> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  for (const pid of pids) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    const [name = '', ...args] = line.split('\0').slice(0, -1)
    if (!name.endsWith('kube-apiserver') || !wanted.every((one) => args.includes(one))) continue
    const program = join(dirname(await readlink(`/proc/${pid}/exe`)), 'kube-apiserver')
    const log = await readlink(`/proc/${pid}/fd/1`)
    return { pid, program, args, log }
  }
  return null
}

/**
 * The first process of the node that it belongs to. Not its own ancestors: one that was started again here before has none there.
 */
async function firstOf(pid: number): Promise<number> {
  const countedIn = await readlink(`/proc/${pid}/ns/pid`)
  for (const name of await readdir('/proc')) {
    // One that is gone meanwhile is not the first.
    const status = await readFile(`/proc/${name}/status`, 'utf8').catch(() => '')
    const isFirst = /^NSpid:(\s+\d+)+\s+1$/m.test(status)
    if (isFirst && (await readlink(`/proc/${name}/ns/pid`)) === countedIn) return Number(name)
  }
  return pid
}

/** `first`: of the node's processes, which stays and whose namespaces are the others' too. */
type Start = Found & { readonly first: number }

/** In the namespaces of the node, so that it goes with the node. */
async function startLike({ first, program, args, log }: Start, at: URL): Promise<void> {
  const file = await open(log, 'a')
  const start = () => {
    const namespaces = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup']
    return spawn('nsenter', ['--target', String(first), ...namespaces, '--', program, ...args], {
      stdio: ['ignore', file.fd, file.fd],
      detached: true,
      env: { PATH: process.env['PATH'] ?? '', HOME: '/root' },
    })
  }
  const child = start()
  const again = async () => child.exitCode !== null || (await isListening(at))
  await until(again, { deadlineMs: 60_000, everyMs: 250, what: 'an API server that listens again' })
  if (child.exitCode !== null) throw new Error(`the API server ended with ${child.exitCode}: see ${log}`)
  child.unref()
  await file.close()
}

async function isListening({ hostname, port }: URL): Promise<boolean> {
  const socket = connect({ host: hostname, port: Number(port) })
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
