/**
 * From a bare clone of this repository to the first verified artifact: `git clone`, `npm start`, `bin/errand run` with the
 * demo model, each as a person types it. Nothing of this machine's toolchain is used but git, Node and npm; packages
 * come from the registry that npm is set to, or from npm's and pnpm's own caches where they have them.
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort, until } from '@errand/testkit'
import { report, round } from '../harness/report.ts'

const BAR_S = 90
const PATIENCE_MS = 600_000
const ROOT = join(import.meta.dirname, '..', '..')
const perform = promisify(execFile)

const folder = await mkdtemp(join(await realpath(tmpdir()), 'errand-bench-'))
const clone = join(folder, 'errand')
const env = {
  // As the person's shell has it: without the toolchain that runs this.
  PATH: (process.env['PATH'] ?? '')
    .split(':')
    .filter((part) => !part.startsWith(ROOT))
    .join(':'),
  HOME: process.env['HOME'] ?? folder,
  NO_COLOR: '1',
  ERRAND_PORT: String(await freePort()),
}
const began = performance.now()
const seconds = () => round((performance.now() - began) / 1000, 1)
await perform('git', ['clone', '--quiet', ROOT, clone])
// A group of its own, so that all of it gets what a terminal sends on Ctrl-C.
const server = spawn('npm', ['start'], { cwd: clone, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
let printed = ''
for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()))
const ended = once(server, 'exit')
try {
  const up = await until(() => (server.exitCode === null ? /Errand is up/.test(printed) : 'ended'), {
    deadlineMs: PATIENCE_MS,
    everyMs: 50,
    what: 'an Errand that is up',
  })
  if (up === 'ended') throw new Error(`npm start ended with ${server.exitCode}:\n${printed}`)
  const upS = seconds()
  const args = ['run', 'Fix the failing test', '--agent', 'demo', '--follow', '--json']
  const { stdout } = await perform(join(clone, 'bin/errand'), args, { cwd: clone, env, maxBuffer: 2 ** 26 })
  const value = seconds()
  const outcome = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as { verdict?: string }
  if (outcome.verdict !== 'verified') throw new Error(`the first run was not verified: ${stdout.slice(-1000)}`)
  report({
    bench: 'firstArtifact',
    value,
    peer: null,
    ratio: null,
    bar: `≤ ${BAR_S} s from a bare clone to a verified artifact`,
    ok: value <= BAR_S,
    note: `s; up after ${upS}; ${stepsOf(printed)}`,
  })
} finally {
  if (server.pid !== undefined && server.exitCode === null) process.kill(-server.pid, 'SIGINT')
  await ended
  await rm(folder, { recursive: true, force: true })
}

/** What the setup said it did, and how long it took. */
function stepsOf(text: string): string {
  return [...text.matchAll(/^✓ (.+?) {2,}([\d.]+) s$/gm)].map(([, what, took]) => `${what} ${took}`).join(', ')
}
