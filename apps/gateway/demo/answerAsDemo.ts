import { Fault } from '@errand/contracts'
import { DEMO_MODEL, NO_USAGE, parseRepositoryAddress } from '@errand/domain'
import type { RunGrant } from '@errand/engine'
import { writeJson } from '../answer.ts'
import { type Call, grantOf, responseOf } from '../call.ts'
import type { GatewayDeps } from '../deps.ts'
import type { Passed } from '../llm/passThrough.ts'
import { modelPath } from '../llm/paths.ts'
import { readBody } from '../readBody.ts'
import { type Conversation, readConversation } from './messagesRequest.ts'
import {
  afterPlan,
  CALENDAR_PLAN,
  fixTheCalendar,
  LOOK_PLAN,
  lookAround,
  sayWhatIAm,
  type Script,
  type Turn,
} from './scripts.ts'
import { DEMO_REPOSITORY } from './withDemoRepository.ts'
import { streamTurn, wholeMessage } from './writeTurn.ts'

/** A conversation that is longer than this is not one that the demo script leads. */
const MAX_BODY_BYTES = 32 << 20

/** Answers in the Messages API's form by a fixed script: no language model, no network, no cost. */
export async function answerAsDemo(call: Call, deps: GatewayDeps): Promise<Passed> {
  const path = modelPath(call)
  if (path !== 'messages') {
    const body = await readBody(call.body, MAX_BODY_BYTES)
    writeJson(call.reply, { status: 200, body: sideAnswer(path, body.length) })
    return { status: 200, metered: null, end: 'whole' }
  }
  const conversation = readConversation((await readBody(call.body, MAX_BODY_BYTES)).toString())
  if (conversation === null) throw new Fault('input.invalid', 'The body is not a request of the Messages API.')
  const turn = nextTurn(conversation, grantOf(call))
  if (conversation.isStreamed)
    await streamTurn(responseOf(call), turn, { signal: call.signal, wordMs: deps.config.demoWordMs })
  else writeJson(call.reply, { status: 200, body: wholeMessage(turn) })
  return {
    status: 200,
    metered: { model: DEMO_MODEL, usage: NO_USAGE },
    end: call.signal.aborted ? 'cut by the caller' : 'whole',
  }
}

function nextTurn(conversation: Conversation, grant: RunGrant): Turn {
  const repository = conversation.cwd ?? '.'
  const [first, ...others] = grant.repositories
  const isDemo = first !== undefined && others.length === 0 && isDemoRepository(first.url)
  // Claude Code works in the first repository, beside which the artifacts lie, or else in the workspace itself.
  const workspace = first === undefined ? repository : repository.slice(0, -first.dir.length - 1)
  return chooseScript(conversation, isDemo)(conversation, { repository, artifacts: `${workspace}/artifacts` })
}

function isDemoRepository(url: string): boolean {
  const address = parseRepositoryAddress(url)
  return address.kind === 'local' && address.name === DEMO_REPOSITORY
}

function chooseScript({ hasTools }: Conversation, isDemoRepository: boolean): Script {
  if (!hasTools) return sayWhatIAm
  return isDemoRepository ? afterPlan(fixTheCalendar, CALENDAR_PLAN) : afterPlan(lookAround, LOOK_PLAN)
}

function sideAnswer(path: 'count' | 'models' | 'hello' | null, bytes: number): Record<string, unknown> {
  if (path === 'count') return { input_tokens: Math.ceil(bytes / 4) }
  if (path !== 'models') return {}
  const model = {
    type: 'model',
    id: DEMO_MODEL,
    display_name: 'Demo model (a fixed script, not a language model)',
    created_at: '2026-01-01T00:00:00Z',
  }
  return { data: [model], has_more: false, first_id: DEMO_MODEL, last_id: DEMO_MODEL }
}
