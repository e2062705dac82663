import { expect, test } from 'vitest'
import { readClaudeSample } from '@errand/testkit'
import { type Json, parseLine } from './json.ts'
import { type ClaudeEnd, outcomeOf } from './outcome.ts'

async function endOf(name: string, fields: Partial<ClaudeEnd>): Promise<ClaudeEnd> {
  const lines = (await readClaudeSample(name)).map(parseLine)
  const result = lines.findLast((line): line is Json => line?.['type'] === 'result') ?? null
  const isError = result?.['is_error'] === true
  return {
    result,
    exitCode: isError ? 1 : 0,
    signal: null,
    isStuck: false,
    hasSchema: false,
    refusedWith: null,
    stderr: '',
    ...fields,
  }
}

const cases: Record<string, { sample: string; end?: Partial<ClaudeEnd>; is: unknown }> = {
  'a good result': { sample: 'text', is: { kind: 'done', text: 'Hello from the stub.' } },
  'the last of two results': {
    sample: 'background-bash-two-results',
    is: { kind: 'done', text: 'stub: script is over' },
  },
  'a structured result': {
    sample: 'json-schema-ok',
    end: { hasSchema: true },
    is: { kind: 'done', structured: { name: 'stub', score: 7 } },
  },
  'a structured result that never came': {
    sample: 'json-schema-never-called',
    end: { hasSchema: true },
    is: { code: 'output.invalid' },
  },
  'a structured result that was wrong five times': {
    sample: 'result-error_max_structured_output_retries',
    end: { hasSchema: true },
    is: { code: 'output.invalid' },
  },
  'a good result and a bad exit code': {
    sample: 'text',
    end: { exitCode: 7, stderr: 'boom' },
    is: { code: 'agent.crashed', detail: 'It ended with exit code 7.\nboom' },
  },
  'a good result of a process that had to be stopped': {
    sample: 'text',
    end: { exitCode: 143, isStuck: true },
    is: { kind: 'done' },
  },
  'no result at all': {
    sample: 'sigterm-while-streaming',
    end: { exitCode: null, signal: 'SIGTERM' },
    is: { code: 'agent.crashed', detail: 'It was ended by SIGTERM.' },
  },
  'a start that failed': { sample: 'startup-failure-result', is: { code: 'agent.crashed' } },
  'the key refused': {
    sample: 'api-401',
    is: { code: 'model.unauthorized', detail: 'Invalid API key · Fix external API key' },
  },
  'the provider’s 403': { sample: 'api-403', is: { code: 'model.unauthorized' } },
  'the gateway’s 403 for a credential that is not set': {
    sample: 'api-403',
    end: { refusedWith: 'credential.missing' },
    is: { code: 'credential.missing' },
  },
  'the gateway’s own trouble, in the middle of the model’s': {
    sample: 'api-529-gives-up',
    end: { refusedWith: 'upstream.unreachable' },
    is: { code: 'model.unavailable' },
  },
  'the budget': { sample: 'api-402', is: { code: 'run.budget', detail: 'API Error: 402 run budget exhausted' } },
  'a rejected request': { sample: 'api-400', is: { code: 'model.rejected' } },
  'a request too large': { sample: 'api-413', is: { code: 'model.rejected' } },
  'a rate limit for an hour': { sample: 'api-429-retry-after-3600', is: { code: 'model.unavailable' } },
  'an overloaded provider': { sample: 'api-529-gives-up', is: { code: 'model.unavailable' } },
  'a connection that drops': { sample: 'api-stream-cut', is: { code: 'model.unavailable' } },
  'a refusal': { sample: 'stop-refusal', is: { code: 'model.refused' } },
  'all turns used': {
    sample: 'result-error_max_turns',
    is: { code: 'agent.turns', detail: 'Reached maximum number of turns (2)' },
  },
  'the CLI’s own budget': { sample: 'result-error_max_budget_usd', is: { code: 'run.budget' } },
}

test.each(Object.entries(cases))('%s', async (_, { sample, end = {}, is }) => {
  expect(outcomeOf(await endOf(sample, end))).toMatchObject(is as object)
})
