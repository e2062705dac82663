import { RUNNER_PATHS } from '@errand/contracts'
import { autonomyOf } from './claude/command.ts'
import { runClaude } from './claude/session.ts'
import { systemPrompt } from './claude/systemPrompt.ts'
import { StepFailed } from './events/recorder.ts'
import { modelOrigin } from './forward/forwarder.ts'
import type { Prepared } from './prepare.ts'
import { runScript } from './script/session.ts'
import { waitForSignIns } from './signIns.ts'
import type { Workshop } from './work.ts'

/** Where the gateway does not say: one of an older Errand. */
const LONGEST_ANSWER_MS = 12 * 3_600_000

export interface AgentEnd {
  /** What it said last. */
  readonly words: string
  readonly structured: unknown
  readonly detail?: string
}

/** Runs the agent to its end. Throws `StepFailed` with the reason when it did not do its task. */
export async function runAgent(prepared: Prepared, shop: Workshop): Promise<AgentEnd> {
  const { spec, recorder, halt, refusals } = shop
  const { runtime } = spec
  return await recorder.step('agent', async () => {
    try {
      const end =
        runtime.kind === 'script' ? await script(runtime.script, prepared, shop) : await claude(runtime, prepared, shop)
      halt.signal.throwIfAborted()
      return end
    } finally {
      refusals.agentOver()
    }
  })
}

async function script(text: string, { cwd, env }: Prepared, shop: Workshop): Promise<AgentEnd> {
  const { spec, places, recorder, shell } = shop
  recorder.emit({ type: 'agent.started' })
  const end = await runScript({ script: text, prompt: spec.prompt, cwd, env, ownFolder: places.ownFolder }, shell)
  shop.halt.signal.throwIfAborted()
  if (end.exitCode !== 0) throw new StepFailed('script.failed', `Exit code ${end.exitCode}. ${end.lastLine}`.trim())
  return { words: '', structured: undefined }
}

async function claude(
  runtime: Extract<Workshop['spec']['runtime'], { kind: 'claude-code' }>,
  { cwd, env, clones, inputNames }: Prepared,
  shop: Workshop,
): Promise<AgentEnd> {
  const { spec, places, boot, forwarder, clock, halt, recorder, logs, refusals, questions, notes, onProgress } = shop
  const { workspace, ownFolder } = places
  const task = {
    runtime,
    prompt: spec.prompt,
    systemPrompt: systemPrompt(runtime.systemPrompt, {
      ...places,
      inputNames,
      clones,
      hasVerify: spec.verify !== null,
      autonomy: autonomyOf(runtime),
    }),
    claudePath: boot.claudePath,
    cwd,
    env,
    modelOrigin: modelOrigin(forwarder),
    mcpOrigin: forwarder.origin + RUNNER_PATHS.mcp,
    ownFolder,
    workspace,
    answerMs: spec.answerMs ?? LONGEST_ANSWER_MS,
    isHolding: spec.onBlockedHost === 'ask',
  }
  const deps = { clock, halt, recorder, logs, questions, notes, onProgress, refusedWith: () => refusals.last }
  let outcome = await runClaude(task, deps)
  // A server may have told the gateway only now that it wants a person; nothing was done yet.
  while (outcome.kind === 'failed' && outcome.code === 'mcp.unavailable' && (await waitForSignIns(shop)))
    outcome = await runClaude(task, deps)
  if (outcome.kind === 'failed') throw new StepFailed(outcome.code, outcome.detail)
  return { words: outcome.text, structured: outcome.structured }
}
