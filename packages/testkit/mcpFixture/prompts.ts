import {
  acceptedContent,
  completable,
  type GetPromptResult,
  inputRequired,
  type McpServer,
} from '@modelcontextprotocol/server'
import * as z from 'zod'
import { elicit } from './asks.ts'
import { image, text } from './content.ts'

const WORDS = ['paris', 'park', 'party', 'testing']

export function addPrompts(server: McpServer): void {
  server.registerPrompt('test_simple_prompt', { description: 'A prompt.' }, () =>
    asUser(text('This is a simple prompt for testing.')),
  )
  const begun = (value: string | undefined) => WORDS.filter((word) => word.startsWith(value ?? ''))
  const argsSchema = z.object({ arg1: completable(z.string(), begun), arg2: z.string() })
  server.registerPrompt(
    'test_prompt_with_arguments',
    { description: 'A prompt with arguments.', argsSchema },
    ({ arg1, arg2 }) => asUser(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)),
  )
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'A prompt with a resource.', argsSchema: z.object({ resourceUri: z.string() }) },
    ({ resourceUri: uri }) => {
      const resource = { uri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' }
      return asUser({ type: 'resource' as const, resource }, text('Please process the embedded resource above.'))
    },
  )
  server.registerPrompt('test_prompt_with_image', { description: 'A prompt with a picture.' }, () =>
    asUser(image, text('Please analyze the image above.')),
  )
  server.registerPrompt('test_input_required_result_prompt', { description: 'A prompt that asks.' }, ({ mcpReq }) => {
    const context = acceptedContent(mcpReq.inputResponses, 'user_context')?.['context']
    if (typeof context === 'string') return asUser(text(`In the context of ${context}.`))
    return inputRequired({
      inputRequests: { user_context: elicit('What context should the prompt use?', ['context']) },
    })
  })
}

function asUser(...contents: GetPromptResult['messages'][number]['content'][]): GetPromptResult {
  return { messages: contents.map((content) => ({ role: 'user', content })) }
}
