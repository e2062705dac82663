import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { type Folder, temporaryFolder } from '@errand/testkit'
import { aSpec, lastWord, type RunnerAtWork, startRunner } from './startRunner.ts'
import { claudeCode } from './world.ts'

let run: RunnerAtWork | undefined
let folder: Folder | undefined
afterEach(async () => {
  await run?.close()
  await folder?.remove()
  run = undefined
})

const INIT = '{"type":"system","subtype":"init","model":"m","tools":[]}'
const RESULT = '{"type":"result","subtype":"success","is_error":false,"result":"It is done. Really."}'

/** Runs with a program in the CLI's place that does what the real one does only once in a thousand runs. */
async function runCli(script: string): Promise<Awaited<ReturnType<typeof lastWord>>> {
  folder = await temporaryFolder()
  const claudePath = join(folder.path, 'claude')
  await writeFile(claudePath, `#!/bin/bash\nread -r prompt\n${script}\n`)
  await chmod(claudePath, 0o755)
  run = await startRunner({ spec: aSpec({ runtime: claudeCode }), boot: { claudePath } })
  return await lastWord(run)
}

test('a CLI that gives a good result and never exits is stopped; the result counts and a note says so', async () => {
  expect(await runCli(`echo '${INIT}'; echo '${RESULT}'; exec sleep 100`)).toMatchObject({
    status: 'succeeded',
    sentence: 'It is done.',
  })
  expect(run?.gateway.bodies().filter(({ type }) => type === 'note.raised')).toMatchObject([{ code: 'agent.stuck' }])
})

test('a CLI that dies without a result says how, with its last words', async () => {
  expect(
    await runCli(`echo '${INIT}'; echo 'warning: not json'; echo 'segmentation of doom' >&2; kill -SEGV $$`),
  ).toMatchObject({
    status: 'failed',
    code: 'agent.crashed',
    detail: 'It was ended by SIGSEGV.\nsegmentation of doom',
  })
  expect(run?.gateway.artifacts.get('claude.stderr.log')?.bytes.toString()).toBe('segmentation of doom\n')
})

test('an agent that gives up says why in its own words', async () => {
  const gaveUp = RESULT.replace('"is_error":false', '"is_error":true').replace(
    'It is done.',
    'The tests need a database.',
  )
  expect(await runCli(`echo '${INIT}'; echo '${gaveUp}'`)).toMatchObject({
    status: 'failed',
    code: 'agent.failed',
    sentence: 'The tests need a database.',
  })
})

test('a CLI that asks for permission is told yes, and what it asks beyond that is refused', async () => {
  const asks = [
    '{"type":"control_request","request_id":"a","request":{"subtype":"can_use_tool","tool_name":"Write","input":{"x":1}}}',
    '{"type":"control_request","request_id":"b","request":{"subtype":"hook_callback"}}',
  ]
  const script = `echo '${asks[0]}'; read -r one; echo '${asks[1]}'; read -r two; case "$two" in *'"error"'*) ;; *) exit 9;; esac; case "$one" in *'"behavior":"allow","updatedInput":{"x":1}'*) ;; *) exit 8;; esac; echo '${RESULT}'`
  expect(await runCli(script)).toMatchObject({ status: 'succeeded' })
})

test('a CLI that is not there is named', async () => {
  run = await startRunner({ spec: aSpec({ runtime: claudeCode }), boot: { claudePath: '/nonexistent/claude' } })
  expect(await lastWord(run)).toMatchObject({
    status: 'failed',
    code: 'agent.crashed',
    detail: expect.stringContaining('could not be started') as string,
  })
})
