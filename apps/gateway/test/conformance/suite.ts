import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

export const REVISIONS = ['2025-11-25', '2026-07-28'] as const
export type Revision = (typeof REVISIONS)[number]

export interface Ask {
  readonly suite: 'server' | 'client'
  readonly revision: Revision
  /** One alone, in place of all that the revision requires. */
  readonly scenario: string | undefined
  readonly args: readonly string[]
}

/** Of each scenario that the revision requires: its checks that passed, and those that failed. */
export type Outcome = ReadonlyMap<string, { readonly passed: number; readonly failed: number }>

const PROGRAM = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/dist/index.js')

/** Runs the suite of the Model Context Protocol. What it says is shown when something failed, or when one is looked at alone. */
export async function runSuite({ suite, revision, scenario, args }: Ask): Promise<Outcome> {
  const which =
    scenario === undefined
      ? ['--requirements', revision]
      : ['--spec-version', revision, '--scenario', scenario, '--verbose']
  const folder = await mkdtemp(join(tmpdir(), 'errand-conformance-'))
  const child = spawn(process.execPath, [PROGRAM, suite, ...args, ...which], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: folder,
  })
  const [said, complained] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  await rm(folder, { recursive: true, force: true })
  const outcome = read(said)
  const isFine = outcome.size > 0 && [...outcome.values()].every(({ failed }) => failed === 0)
  if (!isFine) process.stderr.write(said + complained)
  return outcome
}

/** One line each at the end, `✓ ping: 2 passed, 0 failed`; what is not scored is named once more after the sum. */
function read(said: string): Outcome {
  const lines = said.matchAll(/^[✓✗] (\S+): (\d+) passed, (\d+) failed/gm)
  const scored = [...lines].filter(([, name = '']) => !new RegExp(`^ {2}[✓✗] ${name} \\(`, 'm').test(said))
  return new Map(
    scored.map(([, name = '', passed, failed]) => [name, { passed: Number(passed), failed: Number(failed) }]),
  )
}

/** What `npm run conformance` prints: how many required scenarios passed, and how many checks were made in them. */
export function print(head: { suite: string; revision: string; via: string }, outcome: Outcome): void {
  const each = [...outcome.values()]
  const failed = each.filter((one) => one.failed > 0).length
  const checks = each.reduce((sum, one) => sum + one.passed, 0)
  process.stdout.write(`${JSON.stringify({ ...head, passed: each.length - failed, failed, checks })}\n`)
}
