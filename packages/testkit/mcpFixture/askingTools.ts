import {
  acceptedContent,
  type InputRequest,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server'
import * as z from 'zod'
import { elicit, sample, state } from './asks.ts'
import { capabilitiesOf, said } from './content.ts'
import { enumsForm, defaultsForm } from './forms.ts'

type Answer = ReturnType<typeof said> | InputRequiredResult

/** Those that ask the client first: by a result of 2026-07-28, or by requests of their own in the eras before. */
export function addAskingTools(server: McpServer): void {
  const add = (name: string, description: string, answer: (ctx: ServerContext) => Answer | Promise<Answer>) =>
    server.registerTool(name, { description }, answer)
  server.registerTool(
    'test_sampling',
    { description: 'Has the client’s model answer.', inputSchema: z.object({ prompt: z.string() }) },
    ({ prompt }, ctx) => askOne(ctx, sample(prompt), (answer) => `LLM response: ${answer}`),
  )
  server.registerTool(
    'test_elicitation',
    { description: 'Asks the person.', inputSchema: z.object({ message: z.string() }) },
    ({ message }, ctx) => askOne(ctx, elicit(message, ['username', 'email']), (answer) => `User response: ${answer}`),
  )
  const completed = (answer: string) => `Elicitation completed: ${answer}`
  add('test_elicitation_sep1034_defaults', 'Asks with defaults.', (ctx) => askOne(ctx, defaultsForm, completed))
  add('test_elicitation_sep1330_enums', 'Asks with choices.', (ctx) => askOne(ctx, enumsForm, completed))
  add('test_streaming_elicitation', 'Asks the person.', (ctx) => askOne(ctx, elicit('Go on?', ['word']), completed))
  // A client that does not sample is refused by the library.
  add('test_missing_capability', 'Asks the client’s model.', (ctx) => askOne(ctx, sample('Are you there?'), completed))
  add('test_input_required_result_elicitation', 'Asks for a name.', ({ mcpReq }) => {
    const name = acceptedContent(mcpReq.inputResponses, 'user_name', nameSchema)?.name
    if (name !== undefined) return said(`Hello, ${name}!`)
    return inputRequired({ inputRequests: { user_name: elicit('What is your name?', ['name']) } })
  })
  add('test_input_required_result_sampling', 'Asks the client’s model.', (ctx) =>
    askOne(ctx, sample('What is the capital of France?'), (answer) => answer, 'capital_question'),
  )
  add('test_input_required_result_list_roots', 'Asks for the roots.', (ctx) =>
    askOne(ctx, inputRequired.listRoots(), (answer) => answer, 'client_roots'),
  )
  add('test_input_required_result_capabilities', 'Asks what the client can answer.', capable)
  addStatefulTools(server)
}

function addStatefulTools(server: McpServer): void {
  const add = (name: string, ask: Readonly<Record<string, InputRequest>>, words: string) =>
    server.registerTool(name, { description: 'Asks, and knows again what it asked.' }, async ({ mcpReq }) =>
      mcpReq.requestState<Round>() !== undefined && Object.keys(ask).every((key) => answered(mcpReq, key))
        ? said(words)
        : inputRequired({ inputRequests: { ...ask }, requestState: await state.mint({ round: 1 }) }),
    )
  const confirm = { confirm: elicit('Please confirm', ['ok'], 'boolean') }
  add('test_input_required_result_request_state', confirm, 'state-ok')
  add('test_input_required_result_tampered_state', confirm, 'state-ok')
  add(
    'test_input_required_result_multiple_inputs',
    {
      user_name: elicit('What is your name?', ['name']),
      greeting: sample('Generate a greeting'),
      client_roots: inputRequired.listRoots(),
    },
    'all three came',
  )
  server.registerTool('test_input_required_result_multi_round', { description: 'Asks twice.' }, async ({ mcpReq }) => {
    const round = mcpReq.requestState<Round>()?.round ?? 0
    if (round === 2 && answered(mcpReq, 'step2')) return said('Both came.')
    const hasFirst = round === 1 && answered(mcpReq, 'step1')
    const step1 = elicit('Step 1: What is your name?', ['name'])
    const step2 = elicit('Step 2: What is your favorite color?', ['color'])
    const requestState = await state.mint({ round: hasFirst || round === 2 ? 2 : 1 })
    return inputRequired({ inputRequests: hasFirst || round === 2 ? { step2 } : { step1 }, requestState })
  })
}

interface Round {
  readonly round: number
}

const nameSchema = z.object({ name: z.string() })

function answered({ inputResponses }: ServerContext['mcpReq'], key: string): boolean {
  return inputResponse(inputResponses, key).kind !== 'missing'
}

/** Asks one thing, and answers with what came. */
function askOne(
  { mcpReq }: ServerContext,
  ask: InputRequest,
  words: (answer: string) => string,
  key = 'answer',
): Answer {
  const came = inputResponse(mcpReq.inputResponses, key)
  switch (came.kind) {
    case 'missing':
      return inputRequired({ inputRequests: { [key]: ask } })
    case 'elicit':
      return said(words(`action=${came.action}, content=${JSON.stringify(came.content ?? {})}`))
    case 'sampling':
      return said(words(JSON.stringify(came.result.content)))
    case 'roots':
      return said(words(came.roots.map(({ uri }) => uri).join(', ')))
  }
}

function capable({ mcpReq }: ServerContext): Answer {
  const declared = capabilitiesOf(mcpReq)
  const asks = {
    ...(declared.sampling === undefined ? {} : { greeting: sample('Generate a greeting') }),
    ...(declared.elicitation === undefined ? {} : { user_name: elicit('What is your name?', ['name']) }),
  }
  const missing = Object.keys(asks).filter((key) => !answered(mcpReq, key))
  return missing.length > 0 ? inputRequired({ inputRequests: asks }) : said('All came that could be asked.')
}
