/**
 * What Errand holds while nobody uses it: the server, its Postgres and the process of the pages as `npm start` runs them,
 * in MB that no other process shares (PSS: a shared page is divided among those that share it). Two lines: without
 * the pages, and all of it.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, readlink, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { until } from '@errand/testkit'
import { report, round } from '../harness/report.ts'

const BAR_MB = 280
const BAR_WITH_PAGES_MB = 400
const MAIN = join(import.meta.dirname, '..', '..', 'apps', 'local', 'dist', 'local.mjs')
/** Long enough for the garbage of the start to be collected and for the first slow resyncs. */
const SETTLE_MS = Number(process.argv[2] ?? 30_000)

const folder = await mkdtemp(join(await realpath(tmpdir()), 'errand-bench-'))
const server = spawn(process.execPath, [MAIN], {
  env: { ...process.env, ERRAND_DATA_DIR: folder, ERRAND_PORT: '0' },
  stdio: ['ignore', 'pipe', 'inherit'],
})
try {
  const address = await until(addressOf(server), { deadlineMs: 60_000, what: 'the address of a running Errand' })
  await until(async () => (await fetch(`${address}/sign-in`)).ok, { deadlineMs: 30_000, what: 'the pages' })
  await delay(SETTLE_MS)
  const serverMb = await pssMb(server.pid ?? 0)
  const postgres = await processesIn(join(folder, 'postgres', 'data'))
  const postgresMb = sum(await Promise.all(postgres.map(pssMb)))
  const pages = await childrenOf(server.pid ?? 0)
  const pagesMb = sum(await Promise.all(pages.map(pssMb)))
  const controlMb = serverMb + postgresMb
  const parts = `server ${round(serverMb, 1)} MB, Postgres ${round(postgresMb, 1)} MB in ${postgres.length} processes`
  print('idleMemory', { mb: controlMb, bar: BAR_MB, of: 'the server and its Postgres together', parts })
  print('idleMemory.withPages', {
    mb: controlMb + pagesMb,
    bar: BAR_WITH_PAGES_MB,
    of: 'everything that `npm start` runs',
    parts: `${parts}, pages ${round(pagesMb, 1)} MB`,
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

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function print(bench: string, { mb, bar, of, parts }: { mb: number; bar: number; of: string; parts: string }): void {
  const value = round(mb, 1)
  report({ bench, value, peer: null, ratio: null, bar: `≤ ${bar} MB of ${of}`, ok: mb <= bar, note: parts })
}

async function processesIn(directory: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const places = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => undefined)))
  return pids.filter((_, index) => places[index] === directory)
}

/** Its own: the process of the pages. Postgres is nobody's child, so that it outlives a crash of the server. */
async function childrenOf(parent: number): Promise<number[]> {
  const listed = await readFile(`/proc/${parent}/task/${parent}/children`, 'utf8')
  return listed.trim().split(' ').filter(Boolean).map(Number)
}
