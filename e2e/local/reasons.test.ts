import { FAULTS, type FaultCode } from '@errand/contracts'
import { until } from '@errand/testkit'
import { existsSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { killIfThere, processesOfRun } from '../harness/leftovers.ts'
import { fired, followed, type Outcome, watched } from '../harness/runs.ts'
import { must, startWorld, type World } from '../harness/world.ts'
import { proves } from '../requirements.ts'

const AGENTS = `kind: Agent
name: small
spec:
  runtime: script
  memoryMib: 256
---
kind: Agent
name: broken-setup
spec:
  runtime: script
  setup: echo setup says no; exit 3
---
kind: Agent
name: two-turns
spec:
  runtime: claude-code
  credential: scripted
  maxTurns: 2
---
kind: Agent
name: idle
spec:
  runtime: script
  noProgressMinutes: 0.05
---
kind: Agent
name: slow-start
spec:
  runtime: claude-code
  credential: passing
  setup: until [ -e go ]; do sleep 0.1; done
---
kind: Credential
name: empty
spec:
  type: anthropic-key
---
kind: Agent
name: keyless
spec:
  runtime: claude-code
  credential: empty
`

describe('every reason why a run can end', () => {
  let world: World

  beforeAll(async () => {
    world = await startWorld()
    await world.gitHost.create('acme/app.git', [{ 'README.md': 'app\n' }])
    await must(world.errand, ['apply', '--file', '-'], AGENTS)
    const { url } = world.model
    await must(
      world.errand,
      ['credentials', 'add', 'passing', '--type', 'llm-compatible', '--base-url', url],
      world.key,
    )
    await must(
      world.errand,
      ['credentials', 'add', 'refused', '--type', 'llm-compatible', '--base-url', world.model.url],
      'sk-not-this-one',
    )
    await must(
      world.errand,
      ['apply', '--file', '-'],
      'kind: Agent\nname: refused\nspec:\n  runtime: claude-code\n  credential: refused\n',
    )
  })
  afterAll(() => world.close())

  const run = async (...args: string[]) => (await followed(world.errand, args)).outcome
  const shell = (script: string, ...args: string[]) => run(script, '--agent', 'shell', '--no-repo', ...args)
  const scripted = (scenario: string, ...args: string[]) =>
    run(`[[stub:${scenario}]] go`, '--agent', 'scripted', '--no-repo', ...args)
  const repo = () => `${world.gitHost.url}/acme/app.git`

  /** Every one makes the thing happen for real. What it gives is the outcome that a person sees. */
  const REASONS: Partial<Record<FaultCode, () => Promise<Outcome>>> = {
    'run.deadline': () => shell('sleep 60', '--minutes', '0.05'),
    'run.no-progress': () => run('sleep 120', '--agent', 'idle', '--no-repo'),
    'run.budget': () => scripted('costly', '--budget', '0.5'),
    'sandbox.out-of-memory': () => run('head -c 2G /dev/zero | tail > /dev/null', '--agent', 'small', '--no-repo'),
    'setup.failed': () => run('true', '--agent', 'broken-setup', '--no-repo'),
    'script.failed': () => shell('echo the reason; exit 7'),
    'verify.failed': () => shell('true', '--verify', 'false'),
    'repository.clone-failed': () => run('true', '--agent', 'shell', '--repo', `${world.gitHost.url}/acme/missing.git`),
    'repository.branch-missing': () => run('true', '--agent', 'shell', '--repo', repo(), '--branch', 'nowhere'),
    'repository.push-failed': async () => {
      world.gitHost.answerWith({ status: 403, text: 'read only token', service: 'git-receive-pack' })
      const outcome = await run('echo x > x.txt', '--agent', 'shell', '--repo', repo())
      world.gitHost.answerWith(null)
      expect(outcome.artifacts.map((one) => one.kind)).toContain('patch')
      return outcome
    },
    'model.unauthorized': () => run('[[stub:text]] go', '--agent', 'refused', '--no-repo'),
    'model.refused': () => scripted('refusal'),
    'model.rejected': () => scripted('error-400'),
    'model.unavailable': () => scripted('error-529'),
    'agent.turns': () => run('[[stub:loop]] go', '--agent', 'two-turns', '--no-repo'),
    'run.lost': async () => {
      const runId = await fired(world.errand, ['sleep 300', '--agent', 'shell', '--no-repo'])
      await until(async () => (await must(world.errand, ['runs', '--json'])).includes('"running"'), {
        deadlineMs: 30_000,
      })
      for (const pid of await processesOfRun(world.errand.folder, runId)) if (pid !== world.errand.pid) killIfThere(pid)
      return (await watched(world.errand, runId)).outcome
    },
    'credential.missing': async () => {
      const runId = await fired(world.errand, ['[[stub:text]] go', '--agent', 'slow-start', '--no-repo'])
      const workspace = join(world.errand.folder, 'sandboxes', runId, 'workspace')
      await until(() => existsSync(workspace), { deadlineMs: 30_000, what: 'a sandbox' })
      await must(world.errand, ['credentials', 'rm', 'passing'])
      await writeFile(join(workspace, 'go'), '')
      return (await watched(world.errand, runId)).outcome
    },
    'run.cancelled': async () => {
      const runId = await fired(world.errand, ['sleep 300', '--agent', 'shell', '--no-repo'])
      await must(world.errand, ['cancel', runId])
      return (await watched(world.errand, runId)).outcome
    },
  }

  for (const [code, happen] of Object.entries(REASONS)) {
    it(proves('every-reason', code), async () => {
      const outcome = await happen()
      expect(outcome.code, JSON.stringify(outcome, null, 1)).toBe(code)
      expect(outcome.sentence?.length).toBeGreaterThan(0)
      expect(outcome.remedy).toBe(FAULTS[code as FaultCode].remedy)
    })
  }

  it(proves('every-reason', 'credential.missing is said before anything is started'), async () => {
    const refused = await world.errand.errand(['run', 'go', '--agent', 'keyless', '--no-repo'])
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain(FAULTS['credential.missing'].words)
  })

  it(proves('every-reason', 'sandbox.unavailable'), async () => {
    const sandboxes = join(world.errand.folder, 'sandboxes')
    await rename(sandboxes, `${sandboxes}-away`)
    await writeFile(sandboxes, 'not a folder')
    const runId = await fired(world.errand, ['true', '--agent', 'shell', '--no-repo'])
    const { outcome } = await watched(world.errand, runId)
    await rm(sandboxes)
    await rename(`${sandboxes}-away`, sandboxes)
    expect(outcome).toMatchObject({ status: 'failed', code: 'sandbox.unavailable' })
  })
})
