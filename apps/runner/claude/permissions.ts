import type { Autonomy } from '@errand/contracts'
import type { Question, Questions, Word } from '../talk/questions.ts'
import { type Permission, PLAN_TOOL } from './command.ts'
import { type Json, listOf, objectOf, textOf } from './json.ts'
import { cutTo, targetOf } from './tools.ts'

/** What a person is shown has to be whole; an input beyond this is a file, not something to read in a question. */
const MAX_INPUT_CHARS = 64 * 1024

const DENIED =
  'A person denied this. Do not reach it another way: go on without it, and say in the end what is missing.'
const EXPIRED = 'Nobody answered in time, so this is denied. Go on without it, and say in the end what is missing.'
const NO_PLAN_YET = `Nothing may be changed before the plan is approved. Look around, then propose it with ${PLAN_TOOL}.`
const PLAN_EXPIRED = 'Nobody approved the plan in time. Change nothing, and end with the plan as your result.'

interface Deps {
  readonly autonomy: Autonomy
  readonly answerMs: number
  readonly workspace: string
  readonly questions: Questions
  /** For what a person adds to a yes. */
  readonly tellAgent: (text: string) => void
}

/** Decides on what the CLI may not do by itself: at once, or by asking a person. */
export class Permissions {
  readonly #deps: Deps
  #isPlanApproved = false

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** `request` is the CLI's `can_use_tool`; `id` names the question. */
  async decide(request: Json, id: string): Promise<Permission> {
    const { autonomy } = this.#deps
    const input = objectOf(request['input'])
    const isPlan = request['tool_name'] === PLAN_TOOL
    // Inside the sandbox the walls decide, not questions that nobody is there to answer.
    if (autonomy === 'edit' || this.#isPlanApproved) return { behavior: 'allow', updatedInput: input }
    if (autonomy === 'plan' && !isPlan) return { behavior: 'deny', message: NO_PLAN_YET }
    const word = await this.#ask(request, id)
    if (word.kind === 'expired') return { behavior: 'deny', message: isPlan ? PLAN_EXPIRED : EXPIRED }
    const { answer, note } = word
    if (answer === 'deny') return { behavior: 'deny', message: deniedWords(isPlan, note) }
    if (isPlan) this.#isPlanApproved = true
    if (note !== null) this.#deps.tellAgent(note)
    const remembered = answer === 'allow-once' || isPlan ? [] : rulesOf(request)
    return {
      behavior: 'allow',
      updatedInput: input,
      ...(remembered.length === 0 ? {} : { updatedPermissions: [sessionRules(remembered)] }),
    }
  }

  #ask(request: Json, id: string): Promise<Word> {
    const { questions, workspace, answerMs } = this.#deps
    const tool = textOf(request['tool_name']) ?? 'tool'
    const input = objectOf(request['input'])
    const isPlan = tool === PLAN_TOOL
    const question: Question = {
      id,
      tool,
      target: isPlan ? 'the plan' : targetOf(tool, input, workspace),
      input: cutTo(shownInput(tool, input), MAX_INPUT_CHARS),
      rules: isPlan ? [] : rulesOf(request).map(formatRule),
    }
    return questions.ask(question, answerMs)
  }
}

interface Rule {
  readonly toolName: string
  readonly ruleContent?: string
}

/**
 * What a lasting yes allows: the CLI's own suggestion, which it also matches by itself. A command for which it has none
 * is too special to have a rule; of any other tool it is the tool.
 */
function rulesOf(request: Json): readonly Rule[] {
  const tool = textOf(request['tool_name']) ?? ''
  const suggested = listOf(request['permission_suggestions'])
    .map(objectOf)
    .filter((one) => one['type'] === 'addRules' && one['behavior'] === 'allow')
    .flatMap((one) => listOf(one['rules']).map(objectOf))
    .flatMap((rule) => {
      const [toolName, ruleContent] = [textOf(rule['toolName']), textOf(rule['ruleContent'])]
      if (toolName === undefined) return []
      return [ruleContent === undefined ? { toolName } : { toolName, ruleContent }]
    })
  return suggested.length > 0 || tool === 'Bash' ? suggested : [{ toolName: tool }]
}

function formatRule({ toolName, ruleContent }: Rule): string {
  return ruleContent === undefined ? toolName : `${toolName}(${ruleContent})`
}

function sessionRules(rules: readonly Rule[]): object {
  return { type: 'addRules', rules, behavior: 'allow', destination: 'session' }
}

/** A command and a plan as they are, everything else as JSON. */
function shownInput(tool: string, input: Json): string {
  const text = tool === PLAN_TOOL ? textOf(input['plan']) : tool === 'Bash' ? textOf(input['command']) : undefined
  return text ?? JSON.stringify(input, null, 2)
}

function deniedWords(isPlan: boolean, note: string | null): string {
  if (note === null) return isPlan ? 'A person did not approve the plan. Propose another.' : DENIED
  return isPlan ? `A person wants another plan: ${note}` : `A person denied this and says: ${note}`
}
