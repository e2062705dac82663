/**
 * What Errand holds while nobody uses it: the server and its Postgres as `npm start` runs them, in MB that no other
 * process shares (PSS: a shared page is divided among those that share it).
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, readlink, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { until } from '@errand/testkit'
import { report, round } from '../harness/report.ts'

const BAR_MB = 280
const MAIN = join(import.meta.dirname, '..', '..', 'apps', 'local', 'main.ts')
/** Long enough for the garbage of the start to be collected and for the first slow resyncs. */
const SETTLE_MS = Number(process.argv[2] ?? 30_000)

const folder = await mkdtemp(join(await realpath(tmpdir()), 'errand-bench-'))
const server = spawn(process.execPath, [MAIN], {
  env: { ...process.env, ERRAND_DATA_DIR: folder, ERRAND_PORT: '0' },
  stdio: ['ignore', 'pipe', 'inherit'],
})
try {
  await until(addressOf(server), { deadlineMs: 60_000, what: 'the address of a running Errand' })
  await delay(SETTLE_MS)
  const serverMb = await pssMb(server.pid ?? 0)
  const postgres = await processesIn(join(folder, 'postgres', 'data'))
  const parts = await Promise.all(postgres.map(pssMb))
  const postgresMb = parts.reduce((sum, mb) => sum + mb, 0)
  const totalMb = serverMb + postgresMb
  report({
    bench: 'idleMemory',
    value: round(totalMb, 1),
    peer: null,
    ratio: null,
    bar: `≤ ${BAR_MB} MB of the server and its Postgres together`,
    ok: totalMb <= BAR_MB,
    note: `server ${round(serverMb, 1)} MB, Postgres ${round(postgresMb, 1)} MB in ${postgres.length} processes`,
  })
} finally {
  server.kill('SIGINT')
  await until(() => server.exitCode !== null || server.signalCode !== null, {
    deadlineMs: 60_000,
    what: 'the end of Errand',
  })
  await rm(folder, { recursive: true, force: true })
}

function addressOf(child: ChildProcess): () => string | undefined {
  let printed = ''
  child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  return () => /Errand is up: (\S+)/.exec(printed)?.[1]
}

async function pssMb(pid: number): Promise<number> {
  const kib = /^Pss:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]
  return (Number(kib) * 1024) / 1e6
}

async function processesIn(directory: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const places = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => undefined)))
  return pids.filter((_, index) => places[index] === directory)
}
