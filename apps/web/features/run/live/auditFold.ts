import { type Answer, RUN_FAULTS, type RunEvent } from '@errand/contracts'
import { size } from '../../../ui/format/amount.ts'

/** One line of who did what when. */
export interface Deed {
  readonly seq: number
  readonly at: string
  /** A person's name, or the part of Errand that acted. */
  readonly who: string
  readonly what: string
}

const MAX_DEEDS = 1_000
const ANSWERED: Record<Answer, string> = {
  'allow-once': 'allowed once',
  'allow-run': 'allowed for this run',
  'allow-agent': 'allowed from now on',
  deny: 'denied',
}

/** What persons and Errand's parts decided about a run; what the agent did is the timeline's. */
export class AuditFold {
  #deeds: Deed[] = []
  #shared: readonly Deed[] | null = null
  readonly #asked = new Map<string, string>()

  add(event: RunEvent): void {
    const told = this.#tell(event)
    if (told === null) return
    const [who, what] = told
    this.#deeds.push({ seq: event.seq, at: event.at, who, what })
    if (this.#deeds.length > MAX_DEEDS * 2) this.#deeds = this.#deeds.slice(-MAX_DEEDS)
    this.#shared = null
  }

  /** Oldest first; of a very long log the newest. */
  get deeds(): readonly Deed[] {
    this.#shared ??= this.#deeds.slice(-MAX_DEEDS)
    return this.#shared
  }

  #ask(id: string, about: string): string {
    this.#asked.set(id, about)
    return `asked for ${about}`
  }

  #tell({ body }: RunEvent): readonly [who: string, what: string] | null {
    switch (body.type) {
      case 'run.created':
        return [body.by, `fired it with ${body.agent} v${body.agentVersion}`]
      case 'run.admitted':
        return ['Errand', 'gave it a place']
      case 'sandbox.started':
        return ['Controller', `started the sandbox (${body.executor}: ${body.limits})`]
      case 'question.asked':
        return ['Agent', this.#ask(body.id, `${body.tool} ${body.target}`.trim())]
      case 'mcp.asked':
        return ['Gateway', this.#ask(body.id, `${body.tool} of ${body.server}`)]
      case 'host.asked':
        return [
          'Gateway',
          `${this.#ask(body.id, `${body.host}:${body.port}`)}${body.command === undefined ? '' : `, wanted by ${body.command}`}`,
        ]
      case 'sign-in.asked':
        return ['Gateway', this.#ask(body.id, `a sign-in with ${body.server}`)]
      case 'sign-in.done':
        return ['Gateway', `went on after ${this.#takeAsked(body.id)}`]
      case 'host.allowed':
        return [body.by, `allowed ${body.host}:${body.port}`]
      case 'question.answered':
        return [
          body.by,
          `${ANSWERED[body.answer]}: ${this.#takeAsked(body.id)}${body.note === undefined ? '' : ` (“${body.note}”)`}`,
        ]
      case 'question.expired':
        return ['Errand', `took no answer for no: ${this.#takeAsked(body.id)}`]
      case 'note.sent':
        return [body.by, `told the agent: “${body.text}”`]
      case 'note.removed':
        return [body.by, 'took a note back']
      case 'cancel.requested':
        return [body.by, 'asked to stop it']
      case 'budget.reached':
        return ['Gateway', 'closed the model: the budget is used up']
      case 'egress.blocked':
        return ['Gateway', `refused ${body.host}:${body.port}`]
      case 'mcp.called':
        return ['Gateway', `${body.verdict === 'deny' ? 'refused' : 'passed on'} ${body.tool} of ${body.server}`]
      case 'git.accessed':
        return ['Gateway', gitWords(body)]
      case 'pull.opened':
        return [body.by, `had pull request #${body.number} opened: ${body.branch} into ${body.base}`]
      case 'pull.changed':
        return ['Gateway', `saw pull request #${body.number} ${body.state}`]
      case 'artifact.added':
        return ['Gateway', `kept ${body.name}, ${size(body.sizeBytes)}, sha256 ${body.sha256.slice(0, 12)}`]
      case 'run.finished':
        return ['Runner', `ended it: ${body.sentence}`]
      case 'run.ended':
        return ['Controller', `ended it: ${RUN_FAULTS[body.code].words}`]
      case 'sandbox.gone':
        return ['Controller', 'saw the last process of the sandbox gone']
      default:
        return null
    }
  }

  #takeAsked(id: string): string {
    const what = this.#asked.get(id) ?? 'a question'
    this.#asked.delete(id)
    return what
  }
}

function gitWords({ repository, operation, ok }: { repository: string; operation: string; ok: boolean }): string {
  if (!ok) return `refused a ${operation} ${operation === 'push' ? 'to' : 'from'} ${repository}`
  return operation === 'push' ? `let it push to ${repository}` : `let it fetch from ${repository}`
}
