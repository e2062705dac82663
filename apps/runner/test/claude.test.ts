import { afterEach, describe, expect, test } from 'vitest'
import { git, temporaryFolder, tryGit, until } from '@errand/testkit'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { aSpec, lastWord, type RunnerAtWork, startRunner } from './startRunner.ts'
import { aRepository, claudeCode, startWorld, type World } from './world.ts'

let run: RunnerAtWork | undefined
let world: World | undefined
afterEach(async () => {
  await run?.close()
  await world?.close()
  run = undefined
  world = undefined
})

/** Runs the real Claude Code on a prompt to its last word. */
async function runPrompt(
  prompt: string,
  fields: Parameters<typeof aSpec>[0] = {},
): Promise<{ last: Awaited<ReturnType<typeof lastWord>>; run: RunnerAtWork }> {
  world ??= await startWorld()
  run = await startRunner({
    spec: aSpec({ runtime: claudeCode, prompt, ...fields }),
    modelUrl: world.model.url,
    git: world.host,
  })
  return { last: await lastWord(run), run }
}

describe('the work comes back', () => {
  test('what the agent committed is pushed, and its patch applies to the base', async () => {
    world = await startWorld()
    const bare = await world.create('demo')
    const { last, run: done } = await runPrompt('[[stub:write-edit-commit]] Write a note.', {
      repositories: [aRepository()],
      verify: 'grep -q "line 2" note.txt',
    })
    expect(last).toMatchObject({
      status: 'succeeded',
      verdict: 'verified',
      sentence: 'Wrote, edited and committed note.txt.',
    })
    const changes = done.gateway.bodies().find((body) => body.type === 'changes.collected')?.changes
    expect(changes).toMatchObject({
      repository: 'demo',
      branch: 'errand/run1',
      commits: 1,
      files: 1,
      added: 2,
      removed: 0,
    })
    expect(await git(['show', 'errand/run1:note.txt'], { cwd: bare })).toBe('line one\nline 2')
    expect([...done.gateway.artifacts.keys()]).toEqual(['demo.patch', 'demo.branch.json', 'claude.jsonl'])

    const folder = await temporaryFolder()
    await git(['clone', '--quiet', '--branch', 'main', bare, join(folder.path, 'fresh')])
    await writeFile(join(folder.path, 'demo.patch'), done.gateway.artifacts.get('demo.patch')?.bytes ?? '')
    expect(await tryGit(['apply', '--index', '../demo.patch'], { cwd: join(folder.path, 'fresh') })).toMatchObject({
      code: 0,
    })
    await folder.remove()
  })

  test('what the agent left uncommitted is committed for it, and verified without the files of the verify command', async () => {
    world = await startWorld()
    const bare = await world.create('demo', [{ 'README.md': '# Demo\n', '.gitignore': 'built/\n' }])
    const { last } = await runPrompt('[[stub:write-uncommitted]] Write a note, please.', {
      repositories: [aRepository()],
      verify: 'mkdir built; touch built/x made-by-verify',
    })
    expect(last).toMatchObject({ status: 'succeeded', verdict: 'verified' })
    expect(await git(['log', '-1', '--format=%an <%ae> %s', 'errand/run1'], { cwd: bare })).toBe(
      'Errand <errand@localhost> Errand: [[stub:write-uncommitted]] Write a note, please.',
    )
    expect(await git(['ls-tree', '--name-only', 'errand/run1'], { cwd: bare })).toBe('.gitignore\nREADME.md\nnote.txt')
  })

  test('the rows of the run show each tool with its target, what it gave and what it changed', async () => {
    world = await startWorld()
    await world.create('demo')
    const { run: done } = await runPrompt('[[stub:write-edit-commit]]', { repositories: [aRepository()] })
    const rows = done.gateway
      .bodies()
      .filter((body) => body.type === 'tool.started')
      .map(({ tool, target }) => `${tool} ${target}`)
    expect(rows).toEqual([
      'Write demo/note.txt',
      'Edit demo/note.txt',
      'Bash git add note.txt && git commit -m "Add a note"',
    ])
    expect(done.gateway.bodies().filter((body) => body.type === 'tool.finished')).toMatchObject([
      { ok: true, added: 2, removed: 0 },
      { ok: true, added: 1, removed: 1 },
      { ok: true },
    ])
  })

  test('a structured result is an artifact, and a run that gives none of the required form fails', async () => {
    const runtime = {
      ...claudeCode,
      outputSchema: {
        type: 'object',
        properties: { name: { type: 'string' }, score: { type: 'number' } },
        required: ['name', 'score'],
      },
    }
    const good = await runPrompt('[[stub:structured]]', { runtime })
    expect(good.last).toMatchObject({ status: 'succeeded' })
    expect(JSON.parse(good.run.gateway.artifacts.get('result.json')?.bytes.toString() ?? '')).toEqual({
      name: 'scripted',
      score: 7,
    })
    await good.run.close()
    const never = await runPrompt('[[stub:structured-never]]', { runtime })
    expect(never.last).toMatchObject({ status: 'failed', code: 'output.invalid' })
  })
})

describe('it ends for a reason that is named', () => {
  const cases = {
    'error-400': { code: 'model.rejected', detail: 'scripted bad request' },
    'error-402': { code: 'run.budget', detail: 'the account has no credit' },
    'error-403': { code: 'model.unauthorized', detail: 'the key may not use this model' },
    'error-429-long': { code: 'model.unavailable', detail: 'come back later' },
    refusal: { code: 'model.refused', detail: 'safeguards' },
  } as const
  test.each(Object.entries(cases))('%s', async (scenario, { code, detail }) => {
    const { last } = await runPrompt(`[[stub:${scenario}]]`)
    expect(last).toMatchObject({
      status: 'failed',
      verdict: 'failed',
      code,
      detail: expect.stringContaining(detail) as string,
    })
  })

  test('its turns are used up', async () => {
    const { last } = await runPrompt('[[stub:loop]]', { runtime: { ...claudeCode, maxTurns: 2 } })
    expect(last).toMatchObject({ status: 'failed', code: 'agent.turns' })
  })

  test('a prompt that is a slash command of the CLI is given to the model, not carried out', async () => {
    const { last } = await runPrompt('/clear')
    expect(last).toMatchObject({ status: 'succeeded', sentence: 'Hello from the scripted model.' })
    expect(world?.model.calls.some(({ body }) => body.includes('/clear'))).toBe(true)
  })
})

describe('cancel', () => {
  test.each(['long-bash', 'slow'])(
    'in the middle of %s it stops at once, and the agent still gives its result',
    async (scenario) => {
      world = await startWorld()
      await world.create('demo')
      run = await startRunner({
        spec: aSpec({ runtime: claudeCode, prompt: `[[stub:${scenario}]]`, repositories: [aRepository()] }),
        modelUrl: world.model.url,
        git: world.host,
      })
      const { gateway } = run
      await until(() =>
        gateway.bodies().some(({ type }) => type === (scenario === 'slow' ? 'text.appended' : 'tool.started')),
      )
      const askedAt = performance.now()
      gateway.cancel()
      expect(await lastWord(run)).toMatchObject({ status: 'cancelled', code: 'run.cancelled' })
      expect(performance.now() - askedAt).toBeLessThan(6_000)
      expect(await run.exited).toBe(0)
      const log = gateway.artifacts.get('claude.jsonl')?.bytes.toString() ?? ''
      expect(log).toContain('"type":"result"')
    },
  )
})
