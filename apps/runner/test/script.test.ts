import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { temporaryFolder, until } from '@errand/testkit'
import { aSpec, lastWord, type RunnerAtWork, startRunner } from './startRunner.ts'

let run: RunnerAtWork | undefined
afterEach(async () => {
  await run?.close()
  run = undefined
})

const script = (text: string) => ({ kind: 'script', script: text }) as const

test('a script run says what it does, brings back its files and ends with a good last word', async () => {
  run = await startRunner({
    spec: aSpec({
      runtime: script(
        'echo "prompt: $ERRAND_PROMPT"; echo data > "$ERRAND_ARTIFACTS/data.txt"; echo "# R" > "$ERRAND_ARTIFACTS/report.md"',
      ),
      verify: 'test -f "$ERRAND_ARTIFACTS/data.txt" && echo checked',
    }),
  })
  const last = await lastWord(run)
  expect(await run.exited).toBe(0)
  expect(run.printed()).toBe('')
  expect(last).toMatchObject({ status: 'succeeded', verdict: 'verified', sentence: 'The script finished.' })
  const { gateway } = run
  const start = ['runner.started', 'step.started', 'agent.started', 'output.appended', 'step.finished']
  const verify = ['step.started', 'output.appended', 'step.finished', 'verify.finished']
  expect(gateway.bodies().map(({ type }) => type)).toEqual([
    ...start,
    ...verify,
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

describe('it ends for a reason that is named', () => {
  const cases = {
    'the script fails': {
      spec: { runtime: script('echo oh no >&2; exit 3') },
      last: { status: 'failed', verdict: 'failed', code: 'script.failed', detail: 'Exit code 3. oh no' },
    },
    'the setup command fails': {
      spec: { setup: 'echo no such tool; exit 127' },
      last: { status: 'failed', code: 'setup.failed', detail: 'Exit code 127. no such tool' },
    },
    'the verify command fails': {
      spec: { verify: 'echo 2 of 3 passed; exit 1' },
      last: { status: 'failed', verdict: 'failed', code: 'verify.failed' },
    },
    'nothing happens for long': {
      spec: { runtime: script('echo started; sleep 60'), noProgressMs: 1_000 },
      last: { status: 'failed', code: 'run.no-progress' },
    },
    'no progress in verify': {
      spec: { verify: 'sleep 60', noProgressMs: 1_000 },
      last: { status: 'failed', code: 'run.no-progress' },
    },
  } as const
  test.each(Object.entries(cases))('%s', async (_, { spec, last }) => {
    run = await startRunner({ spec: aSpec(spec) })
    expect(await lastWord(run)).toMatchObject(last)
    expect(await run.exited).toBe(0)
  })

  test('its time is up: what it had done by then is collected', async () => {
    const deadlineAt = new Date(Date.now() + 2_000).toISOString()
    run = await startRunner({
      spec: aSpec({ runtime: script('echo half > "$ERRAND_ARTIFACTS/half.txt"; sleep 60'), deadlineAt }),
    })
    expect(await lastWord(run)).toMatchObject({ status: 'failed', code: 'run.deadline' })
    expect(run.gateway.artifacts.has('half.txt')).toBe(true)
  })

  test('the kernel killed a process for want of memory', async () => {
    const folder = await temporaryFolder()
    const oomFile = join(folder.path, 'memory.oom_control')
    run = await startRunner({
      spec: aSpec({ runtime: script(`echo "oom_kill 1" > ${oomFile}; exit 137`) }),
      boot: { oomFile },
    })
    expect(await lastWord(run)).toMatchObject({ status: 'failed', code: 'sandbox.out-of-memory' })
    await folder.remove()
  })
})

describe('cancel', () => {
  test('works while a script runs that takes no notice of an interrupt, and what it left is collected', async () => {
    run = await startRunner({
      spec: aSpec({
        runtime: script('trap "" INT; echo half > "$ERRAND_ARTIFACTS/half.txt"; echo going; sleep 60 & wait; sleep 60'),
      }),
    })
    const { gateway } = run
    await until(() => gateway.bodies().some(({ type }) => type === 'output.appended'))
    gateway.cancel()
    expect(await lastWord(run)).toMatchObject({ status: 'cancelled', verdict: 'failed', code: 'run.cancelled' })
    expect(gateway.artifacts.get('half.txt')?.bytes.toString()).toBe('half\n')
  })

  test.each(['setup', 'verify'] as const)('works in the %s command', async (step) => {
    run = await startRunner({ spec: aSpec({ [step]: 'echo waiting; sleep 60' }) })
    const { gateway } = run
    await until(() => gateway.bodies().some((body) => body.type === 'output.appended' && body.step === step))
    gateway.cancel()
    expect(await lastWord(run)).toMatchObject({ status: 'cancelled' })
  })

  test('works by SIGTERM', async () => {
    run = await startRunner({ spec: aSpec({ runtime: script('echo going; sleep 60') }) })
    const { gateway } = run
    await until(() => gateway.bodies().some(({ type }) => type === 'output.appended'))
    run.process.kill('SIGTERM')
    expect(await lastWord(run)).toMatchObject({ status: 'cancelled' })
  })
})

test('what the agent left running is killed before its work is judged', async () => {
  run = await startRunner({
    spec: aSpec({
      runtime: script(
        '(setsid sh -c "sleep 3; echo late > $ERRAND_WORKSPACE/late" >/dev/null 2>&1 &) ; setsid nohup sleep 60 >/dev/null 2>&1 & echo $! > "$ERRAND_WORKSPACE/pid"; sleep 0.3',
      ),
      verify: '! grep -qs "^State:.[RSD]" "/proc/$(cat "$ERRAND_WORKSPACE/pid")/status"',
    }),
  })
  expect(await lastWord(run)).toMatchObject({ status: 'succeeded', verdict: 'verified' })
  expect(existsSync(join(run.workspace, 'late'))).toBe(false)
})

test('output with NUL bytes, half characters and more than anyone reads becomes events that can be stored', async () => {
  run = await startRunner({
    spec: aSpec({ runtime: script('printf "a\\0b\\377\\n"; yes 0123456789abcdef | head -c 3000000') }),
  })
  expect(await lastWord(run)).toMatchObject({ status: 'succeeded' })
  const texts = run.gateway.bodies().flatMap((body) => (body.type === 'output.appended' ? [body.text] : []))
  const all = texts.join('')
  expect(all.startsWith('a\u2400b\ufffd\n')).toBe(true)
  expect(all).toContain('characters are left out here')
  expect(all.length).toBeLessThan(2_000_000)
  expect(run.gateway.artifacts.get('output.log')?.bytes.length).toBe(3_000_005)
})

test('a prompt and a script beyond the kernel’s limit for one argument work', async () => {
  const long = 'x'.repeat(180_000)
  run = await startRunner({
    spec: aSpec({ prompt: long, runtime: script(`: ${long}\nwc -c < "$ERRAND_PROMPT_FILE"`) }),
  })
  expect(await lastWord(run)).toMatchObject({ status: 'succeeded' })
  expect(run.gateway.artifacts.get('output.log')?.bytes.toString().trim()).toBe('180000')
})

test('the agent’s environment is built from nothing: its own variables, the proxy, git, and no way around them', async () => {
  run = await startRunner({
    spec: aSpec({
      env: { GREETING: 'hello', HTTPS_PROXY: 'http://elsewhere:1', HOME: '/tmp' },
      runtime: script('env | sort'),
    }),
  })
  expect(await lastWord(run)).toMatchObject({ status: 'succeeded' })
  const lines = run.gateway.artifacts.get('output.log')?.bytes.toString().split('\n') ?? []
  expect(lines).toContain('GREETING=hello')
  expect(lines).toContain(`HOME=${run.home}`)
  expect(lines.find((line) => line.startsWith('HTTPS_PROXY='))).toMatch(/^HTTPS_PROXY=http:\/\/127\.0\.0\.1:\d+$/)
  expect(lines).toContain('NO_PROXY=127.0.0.1,localhost,::1')
})

describe('the gateway', () => {
  test('may go away and come back in the middle: no event is lost or doubled, and no artifact', async () => {
    run = await startRunner({
      spec: aSpec({
        runtime: script(
          'for i in $(seq 1 30); do echo "line $i"; sleep 0.1; done; echo done > "$ERRAND_ARTIFACTS/done.txt"',
        ),
      }),
    })
    const { gateway } = run
    for (let round = 0; round < 3; round++) {
      const seen = gateway.events.length
      await until(() => gateway.events.length > seen + 1)
      gateway.loseAnswers(1)
      await gateway.stop()
      await gateway.start()
      gateway.failEvents(2, 503)
    }
    expect(await lastWord(run)).toMatchObject({ status: 'succeeded' })
    const output = gateway
      .bodies()
      .flatMap((body) => (body.type === 'output.appended' ? [body.text] : []))
      .join('')
    expect(output).toBe(Array.from({ length: 30 }, (_, i) => `line ${i + 1}\n`).join(''))
    expect(gateway.artifacts.has('done.txt')).toBe(true)
  })

  test('that says the run is over ends the runner and its agent at once', async () => {
    run = await startRunner({
      spec: aSpec({ runtime: script('echo $$ > "$ERRAND_WORKSPACE/pid"; echo going; exec sleep 60') }),
    })
    const { gateway, workspace } = run
    await until(() => gateway.bodies().some(({ type }) => type === 'output.appended'))
    gateway.endRun()
    expect(await run.exited).toBe(0)
    expect(existsSync(join(workspace, 'pid'))).toBe(true)
    expect(gateway.finished()).toBeUndefined()
  })
})
