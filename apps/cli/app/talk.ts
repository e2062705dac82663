import type { Answer } from '@errand/contracts'
import { buildChoiceParser } from '@stricli/core'
import { command } from '../context.ts'
import { flag, runId, text } from '../parameters.ts'

/** Spelt here, for loading the schemas would double the time that every command starts in. */
const ANSWERS: readonly Answer[] = ['allow-once', 'allow-run', 'allow-agent', 'deny']

export const answer = command(async () => (await import('../commands/talk.ts')).answer, {
  docs: {
    brief: 'Answer what a run asks',
    customUsage: ['<run-id> allow-once', '<run-id> deny --note "Use the mirror"'],
  },
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [
        runId,
        {
          ...text('allow-once, allow-run, allow-agent (also its next runs) or deny', 'answer'),
          parse: buildChoiceParser(ANSWERS),
        },
      ],
    },
    flags: {
      note: flag('What the agent is told with it', 'text'),
      question: flag('Which question, when the run asks several', 'id'),
    },
  },
})

export const note = command(async () => (await import('../commands/talk.ts')).note, {
  docs: {
    brief: 'Tell the agent of a run something',
    customUsage: ['<run-id> "Use the REDIS_URL variable"', '<run-id> "Then write a summary" --next-turn'],
  },
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [runId, text('What it should know; - reads it from standard input', 'text')],
    },
    flags: {
      now: {
        kind: 'boolean',
        default: false,
        withNegated: false,
        brief: 'It reads it after its current step (default)',
      },
      nextTurn: {
        kind: 'boolean',
        default: false,
        withNegated: false,
        brief: 'It reads it when it has said all it had to say',
      },
    },
  },
})
