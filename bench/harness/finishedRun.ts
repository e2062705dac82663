import type { RunId, RunnerEvent } from '@errand/contracts'
import { type Actor, appendEvents, createRun } from '@errand/engine'
import type { Database } from '@errand/store'

const BATCH = 500

/** A run that went through everything and is over, with `tools` calls in its timeline. */
export async function addFinishedRun(
  actor: Actor,
  { prompt, tools }: { prompt: string; tools: number },
  db: Database,
): Promise<RunId> {
  const deps = { db, now: () => new Date(), capabilities: () => ({ mayRunAnyAgent: true }) }
  const { runId } = await createRun(actor, { prompt, agent: 'demo' }, deps)
  const at = new Date().toISOString()
  const events = [...startUp(), ...Array.from({ length: tools }, (_, n) => toolCall(n)).flat(), ...ending()]
  for (let from = 0; from < events.length; from += BATCH) {
    const bodies = events.slice(from, from + BATCH).map((body) => ({ at, body }))
    await appendEvents({ ...actor, runId, source: 'runner', first: from + 1, events: bodies }, deps)
  }
  await appendEvents({ ...actor, runId, source: 'system', events: [{ type: 'sandbox.gone' }] }, deps)
  return runId
}

function startUp(): RunnerEvent[] {
  const steps = (['wall', 'clone', 'setup'] as const).flatMap((step): RunnerEvent[] => [
    { type: 'step.started', step },
    { type: 'step.finished', step, ok: true, ms: 120 },
  ])
  return [
    { type: 'runner.started', version: '1' },
    ...steps,
    { type: 'step.started', step: 'agent' },
    { type: 'agent.started', model: 'demo', version: '2' },
  ]
}

const TOOLS = ['Read', 'Edit', 'Bash', 'Grep'] as const

function toolCall(n: number): RunnerEvent[] {
  const id = `tool${n}`
  const tool = TOOLS[n % TOOLS.length] ?? 'Read'
  const ok = n % 40 !== 39
  return [
    { type: 'text.appended', text: `Step ${n}: looking at the next file.` },
    { type: 'tool.started', id, tool, target: `src/part${n}/file.ts`, input: `{"file_path":"src/part${n}/file.ts"}` },
    { type: 'tool.finished', id, ok, ms: 40, output: 'line of output\n'.repeat(8) },
  ]
}

function ending(): RunnerEvent[] {
  return [
    { type: 'step.finished', step: 'agent', ok: true, ms: 60_000 },
    { type: 'run.finished', status: 'succeeded', verdict: 'unverified', sentence: 'The files were looked at.' },
  ]
}
