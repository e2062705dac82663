import { afterEach, expect, test } from 'vitest'
import { aSpec, lastWord, type RunnerAtWork, startRunner } from './startRunner.ts'

let run: RunnerAtWork | undefined
afterEach(async () => {
  await run?.close()
  run = undefined
})

test('a script run says what it does, brings back its files and ends with a good last word', async () => {
  run = await startRunner({
    spec: aSpec({
      runtime: { kind: 'script', script: 'echo "prompt: $ERRAND_PROMPT"; echo data > "$ERRAND_ARTIFACTS/data.txt"; echo "# R" > "$ERRAND_ARTIFACTS/report.md"' },
      verify: 'test -f "$ERRAND_ARTIFACTS/data.txt" && echo checked',
    }),
  })
  const last = await lastWord(run)
  expect(await run.exited).toBe(0)
  expect(last).toMatchObject({ status: 'succeeded', verdict: 'verified', sentence: 'The script finished.' })
  const { gateway } = run
  expect(gateway.bodies().map(({ type }) => type)).toEqual([
    'runner.started',
    'step.started',
    'agent.started',
    'output.appended',
    'step.finished',
    'step.started',
    'output.appended',
    'step.finished',
    'verify.finished',
    'step.started',
    'step.finished',
    'run.finished',
  ])
  expect([...gateway.artifacts.values()].map(({ name, kind }) => [name, kind])).toEqual([
    ['data.txt', 'file'],
    ['report.md', 'report'],
    ['output.log', 'log'],
  ])
  expect(gateway.artifacts.get('output.log')?.bytes.toString()).toBe('prompt: Do the task\nand do it well.\nchecked\n')
})
