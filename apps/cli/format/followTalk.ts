import type { Answer, RunEventBody } from '@errand/contracts'
import type { Follow } from './follow.ts'
import type { Paint } from './paint.ts'
import { fit, oneLine, plain } from './text.ts'

type Talk = Extract<
  RunEventBody,
  {
    type:
      | `question.${string}`
      | `host.${string}`
      | `sign-in.${string}`
      | `note.${'sent' | 'removed' | 'delivered'}`
      | 'mcp.asked'
  }
>

/** As much of a command or a plan as one reads before deciding; the rest is in `--json` and on the page. */
const MAX_INPUT_LINES = 20
const WIDTH = 160

/** What the run and persons say to each other, and with a question how to answer it. */
export function talkLines({ runId }: Pick<Follow, 'runId'>, body: Talk, paint: Paint): readonly string[] {
  switch (body.type) {
    case 'question.asked': {
      const what = body.tool === 'ExitPlanMode' ? 'shall it do this?' : `may it use ${oneLine(body.tool)}?`
      const rules = body.rules ?? []
      const lasting =
        rules.length === 0 ? [] : [`  ${paint.dim(`allow-run, allow-agent: ${oneLine(rules.join(', '))}`)}`]
      return [`${paint.yellow('?')} ${what}`, ...inputLines(body.input, paint), ...lasting, howTo(runId, body, paint)]
    }
    case 'mcp.asked':
      return [
        `${paint.yellow('?')} may it use ${oneLine(body.tool)} of ${oneLine(body.server)}? The call waits.`,
        ...inputLines(body.input, paint),
        howTo(runId, body, paint),
      ]
    case 'host.asked': {
      const command = body.command === undefined ? [] : inputLines(body.command, paint)
      return [
        `${paint.yellow('?')} may it reach ${plain(body.host)}:${body.port}? The connection waits.`,
        ...command,
        howTo(runId, body, paint),
      ]
    }
    case 'sign-in.asked':
      return [
        `${paint.yellow('?')} needs sign-in: ${oneLine(body.server)}. ${oneLine(body.words)} The run waits.`,
        signInHowTo(runId, body, paint),
      ]
    case 'sign-in.done':
      return [`${paint.dim('·')} signed in: it goes on`]
    case 'host.allowed': {
      const version = body.agentVersion === undefined ? '' : `, version ${body.agentVersion} of the agent`
      return [`${paint.dim('·')} ${oneLine(body.by)} allowed ${plain(body.host)}:${body.port}${version}`]
    }
    case 'question.answered': {
      const note = body.note === undefined ? '' : `: ${fit(oneLine(body.note), 100)}`
      const version = body.agentVersion === undefined ? '' : `, version ${body.agentVersion} of the agent`
      return [`${paint.dim('·')} ${oneLine(body.by)} ${ANSWERED[body.answer]}${version}${note}`]
    }
    case 'question.expired':
      return [`${paint.yellow('!')} nobody answered in time: that counts as no`]
    case 'note.sent': {
      const when = body.when === 'after-step' ? 'after this step' : 'at the next turn'
      return [`${paint.dim('·')} note of ${oneLine(body.by)}, ${when}: ${fit(oneLine(body.text), 120)}`]
    }
    case 'note.removed':
      return [`${paint.dim('·')} ${oneLine(body.by)} took a note back`]
    case 'note.delivered':
      return [`${paint.dim('·')} the agent has the note`]
  }
}

const ANSWERED: Readonly<Record<Answer, string>> = {
  'allow-once': 'allowed it once',
  'allow-run': 'allowed it for this run',
  'allow-agent': 'allowed it from now on',
  deny: 'denied it',
}

function inputLines(input: string, paint: Paint): readonly string[] {
  const lines = input.trimEnd().split('\n')
  const shown = lines.slice(0, MAX_INPUT_LINES).map((line) => `  ${paint.dim('│')} ${fit(plain(line), WIDTH)}`)
  const left = lines.length - shown.length
  return left > 0 ? [...shown, `  ${paint.dim(`│ … ${left} more lines`)}`] : shown
}

function signInHowTo(
  runId: string,
  { id, server, expiresAt }: { id: string; server: string; expiresAt: string },
  paint: Paint,
): string {
  const until = `until ${expiresAt.slice(0, 16).replace('T', ' ')} UTC`
  const without = `without it: errand answer ${runId} deny --question ${oneLine(id)}`
  return `  ${paint.bold(`errand mcp login ${oneLine(server)}`)} ${paint.dim(`(${until}; ${without})`)}`
}

function howTo(runId: string, { id, expiresAt }: { id: string; expiresAt: string }, paint: Paint): string {
  const until = `${expiresAt.slice(0, 16).replace('T', ' ')} UTC`
  const command = `errand answer ${runId} allow-once|allow-run|allow-agent|deny --question ${oneLine(id)}`
  return `  ${paint.bold(command)} ${paint.dim(`(until ${until}, then it counts as no)`)}`
}
