import { git, temporaryFolder } from '@errand/testkit'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { artifactOf, followed } from '../harness/runs.ts'
import { must, startWorld, type World } from '../harness/world.ts'
import { proves } from '../requirements.ts'

const STRUCTURED = `kind: Agent
name: structured
spec:
  runtime: claude-code
  credential: scripted
  outputSchema:
    type: object
    properties:
      name: { type: string }
      score: { type: number }
    required: [name, score]
`

describe('the work of an agent', () => {
  let world: World

  beforeAll(async () => {
    world = await startWorld()
    await world.gitHost.create('acme/app.git', [{ 'README.md': 'app\n', 'a.txt': 'one\n' }])
    await world.gitHost.create('acme/lib.git', [{ 'README.md': 'lib\n' }])
    await must(world.errand, ['apply', '--file', '-'], STRUCTURED)
  })
  afterAll(() => world.close())

  it(proves('real-model'), async () => {
    const { outcome } = await followed(world.errand, [
      '[[stub:write-uncommitted]] write a note',
      '--agent',
      'scripted',
      '--no-repo',
    ])
    expect(outcome).toMatchObject({ status: 'succeeded', verdict: 'unverified' })
    expect(outcome.usage.calls).toBe(2)
    expect(outcome.usage.costUsd).toBeGreaterThan(0)
    expect(world.model.calls.at(-1)?.headers['x-api-key']).toBe(world.key)
  })

  it(proves('real-model', 'a credential test makes one call and shows the answer or the reason'), async () => {
    expect((await world.errand.errand(['credentials', 'test', 'scripted'])).code).toBe(0)
    await must(
      world.errand,
      ['credentials', 'add', 'wrong', '--type', 'llm-compatible', '--base-url', world.model.url],
      'sk-wrong',
    )
    const refused = await world.errand.errand(['credentials', 'test', 'wrong'])
    expect(refused.code).not.toBe(0)
    expect(refused.stdout + refused.stderr).toContain('invalid x-api-key')
  })

  it(proves('git-credential'), async () => {
    const repo = `${world.gitHost.url}/acme/app.git`
    const { outcome } = await followed(world.errand, [
      '[[stub:write-edit-commit]] add a note',
      '--agent',
      'scripted',
      '--repo',
      repo,
    ])
    expect(outcome).toMatchObject({
      status: 'succeeded',
      changes: [{ branch: expect.stringMatching(/^errand\//), files: 1 }],
    })
    const folder = await temporaryFolder('errand-forge')
    onTestFinished(folder.remove)
    const url = repo.replace('://', `://${world.gitHost.username}:${world.gitHost.password}@`)
    await git(['clone', '--quiet', '--branch', outcome.changes[0]?.branch ?? '', url, 'app'], { cwd: folder.path })
    expect(await git(['show', '--stat', '--format=%an'], { cwd: join(folder.path, 'app') })).toContain('note.txt')
  })

  it(proves('several-repositories'), async () => {
    const script = 'echo two > app/a.txt; echo more >> lib/README.md'
    const repos = ['app', 'lib'].flatMap((name) => ['--repo', `${world.gitHost.url}/acme/${name}.git`])
    const { runId, outcome } = await followed(world.errand, [
      `cd "$ERRAND_WORKSPACE"; ${script}`,
      '--agent',
      'shell',
      ...repos,
    ])
    expect(outcome.changes.map(({ branch, files }) => ({ branch, files }))).toEqual([
      { branch: ownBranch(runId), files: 1 },
      { branch: ownBranch(runId), files: 1 },
    ])
    expect(outcome.artifacts.filter((one) => one.kind === 'patch')).toHaveLength(2)
  })

  it(proves('no-repository'), async () => {
    const { outcome } = await followed(world.errand, [
      '[[stub:report]] research and report',
      '--agent',
      'scripted',
      '--no-repo',
    ])
    const report = artifactOf(outcome, 'report.md')
    expect(report.kind).toBe('report')
    expect(await must(world.errand, ['artifacts', 'get', report.id])).toContain('All is well.')
  })

  it(proves('no-repository', 'input files lie in the workspace'), async () => {
    const folder = await temporaryFolder('errand-input')
    onTestFinished(folder.remove)
    const path = join(folder.path, 'notes ü.txt')
    await writeFile(path, 'what I know\n')
    const script = 'cat "$ERRAND_WORKSPACE/inputs/notes ü.txt" > "$ERRAND_ARTIFACTS/copy.txt"'
    const { outcome } = await followed(world.errand, [script, '--agent', 'shell', '--no-repo', '--input', path])
    expect(await must(world.errand, ['artifacts', 'get', artifactOf(outcome, 'copy.txt').id])).toBe('what I know\n')
  })

  it(proves('structured-result'), async () => {
    const good = await followed(world.errand, ['[[stub:structured]] rate it', '--agent', 'structured', '--no-repo'])
    const result = await must(world.errand, ['artifacts', 'get', artifactOf(good.outcome, 'result.json').id])
    expect(JSON.parse(result)).toEqual({ name: 'scripted', score: 7 })
    const never = await followed(world.errand, [
      '[[stub:structured-never]] rate it',
      '--agent',
      'structured',
      '--no-repo',
    ])
    expect(never.outcome).toMatchObject({ status: 'failed', code: 'output.invalid' })
    expect(never.exit).toBe(1)
  })

  it(proves('exit-codes', 'a failed verify command ends with 1 and keeps the patch'), async () => {
    const repo = `${world.gitHost.url}/acme/app.git`
    const { exit, outcome } = await followed(world.errand, [
      'echo x > b.txt',
      '--agent',
      'shell',
      '--repo',
      repo,
      '--verify',
      'echo seen by a person; false',
    ])
    expect(exit).toBe(1)
    expect(outcome).toMatchObject({ status: 'failed', verdict: 'failed', code: 'verify.failed' })
    expect(outcome.evidence?.output).toContain('seen by a person')
    expect(artifactOf(outcome, /\.patch$/).sizeBytes).toBeGreaterThan(0)
  })
})

/** Named after the task, told apart by the run. */
function ownBranch(runId: string): string {
  return expect.stringMatching(new RegExp(`^errand/.*${runId.slice(-6)}$`)) as string
}
