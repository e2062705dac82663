import type { Scenario, Step, StepError } from './scenario.ts'

const bash = (command: string): NonNullable<Step['toolUse']> => [
  { name: 'Bash', input: { command, description: 'Run a command' } },
]
const fails = (error: StepError, then: Step = {}): Scenario => ({ steps: [{ ...then, error }] })

/** Named in a prompt as `[[stub:name]]`. */
export const SCENARIOS = {
  text: { steps: [{ text: 'Hello from the scripted model.' }] },
  thinking: {
    steps: [{ thinking: 'The user wants a greeting. I will answer shortly.', text: 'Answer after thinking.' }],
  },
  bash: {
    steps: [
      { text: 'I will run a command.', toolUse: bash('echo hi-from-bash; pwd; id -u; touch made-by-bash') },
      { text: 'The command printed: {{lastToolResult}}' },
    ],
  },
  /** A tool of a server of every kind: from npm, from PyPI, two that listen, an image, a token, a sign-in, an old one. Then one that its agent may not use. */
  'mcp-tools': {
    steps: [
      { toolUse: [{ name: 'mcp__everything__echo', input: { message: 'ping through the gateway' } }] },
      { toolUse: [{ name: 'mcp__clock__get_current_time', input: { timezone: 'UTC' } }] },
      { toolUse: [{ name: 'mcp__over-http__get-sum', input: { a: 19, b: 23 } }] },
      { toolUse: [{ name: 'mcp__over-sse__echo', input: { message: 'ping over SSE' } }] },
      { toolUse: [{ name: 'mcp__shell__look', input: {} }] },
      { toolUse: [{ name: 'mcp__tracker__echo', input: { message: 'by token' } }] },
      { toolUse: [{ name: 'mcp__signed__echo', input: { message: 'by sign-in' } }] },
      { toolUse: [{ name: 'mcp__old__ask', input: {} }] },
      { toolUse: [{ name: 'mcp__everything__get-env', input: {} }] },
      { text: 'The last one said: {{lastToolResult}}' },
    ],
  },
  /** A server with a sign-in, twice; in between there is time to take the grant back. */
  'mcp-signed': {
    steps: [
      { toolUse: [{ name: 'mcp__signed__echo', input: { message: 'once' } }] },
      { toolUse: [{ name: 'mcp__signed__echo', input: { message: 'again' } }], delayMs: 2_000 },
      { text: 'The last one said: {{lastToolResult}}' },
    ],
  },
  /** A tool of the MCP server `everything` that a person is asked for. */
  'mcp-ask': {
    steps: [
      { toolUse: [{ name: 'mcp__everything__get-sum', input: { a: 19, b: 23 } }] },
      { text: 'It said: {{lastToolResult}}' },
    ],
  },
  /** A server with a token, one with a sign-in, an old one which asks the client in the middle of the call, then what the agent can see of its own environment, while one waits. */
  'mcp-remote': {
    steps: [
      { toolUse: [{ name: 'mcp__tracker__echo', input: { message: 'by token' } }] },
      { toolUse: [{ name: 'mcp__signed__echo', input: { message: 'by sign-in' } }] },
      { toolUse: [{ name: 'mcp__old__ask', input: {} }] },
      { toolUse: bash('env | sort; cat /proc/[0-9]*/environ | tr "\\0" "\\n" | sort -u') },
      { toolUse: [{ name: 'mcp__tracker__wait', input: {} }] },
      { text: 'The last one said: {{lastToolResult}}' },
    ],
  },
  /** One command that a person is asked for, where one is asked. */
  risky: {
    steps: [
      { text: 'I make it.', toolUse: bash('make -f /dev/null -k all; touch ran') },
      { text: 'It said: {{lastToolResult}}' },
    ],
  },
  /** The same kind of command twice. */
  'risky-twice': {
    steps: [
      { toolUse: bash('npm run first') },
      { toolUse: bash('npm run second') },
      { text: 'Both were tried: {{lastToolResult}}' },
    ],
  },
  plan: {
    steps: [
      { text: 'I look around.', toolUse: bash('touch too-early') },
      {
        toolUse: [{ name: 'Write', input: { file_path: '{{planFile}}', content: '# Plan\n\nWrite made.txt.\n' } }],
      },
      { toolUse: [{ name: 'ExitPlanMode', input: {} }] },
      { toolUse: bash('touch made.txt') },
      { text: 'Done: {{lastToolResult}}' },
    ],
  },
  /** Two steps, each long enough for a note to come in between. */
  'two-steps': {
    steps: [{ toolUse: bash('sleep 1; echo one') }, { toolUse: bash('sleep 1; echo two') }, { text: 'Both ran.' }],
  },
  'write-edit-commit': {
    steps: [
      {
        text: 'I write a file.',
        toolUse: [{ name: 'Write', input: { file_path: '{{cwd}}/note.txt', content: 'line one\nline two\n' } }],
      },
      {
        toolUse: [
          { name: 'Edit', input: { file_path: '{{cwd}}/note.txt', old_string: 'line two', new_string: 'line 2' } },
        ],
      },
      { toolUse: bash('git add note.txt && git commit -m "Add a note"') },
      { text: 'Wrote, edited and committed note.txt.' },
    ],
  },
  'write-uncommitted': {
    steps: [
      { toolUse: [{ name: 'Write', input: { file_path: '{{cwd}}/note.txt', content: 'line one\n' } }] },
      { text: 'Wrote note.txt.' },
    ],
  },
  report: {
    steps: [
      {
        toolUse: [
          { name: 'Write', input: { file_path: '{{cwd}}/artifacts/report.md', content: '# Report\n\nAll is well.\n' } },
        ],
      },
      { text: 'The report is in artifacts/report.md.' },
    ],
  },
  /** Everything the agent's processes can see of their environment. */
  environment: {
    steps: [
      {
        toolUse: bash(
          "env | sort; tr '\\0' '\\n' < /proc/$PPID/environ | sort; cat /proc/1/environ 2>&1 | tr '\\0' '\\n' | head -50",
        ),
      },
      { text: '{{lastToolResult}}' },
    ],
  },
  'out-of-memory': {
    steps: [{ toolUse: bash('head -c 4G /dev/zero | tail | wc -c') }, { text: 'Done: {{lastToolResult}}' }],
  },
  parallel: {
    steps: [
      { text: 'Two at once.', toolUse: [...bash('echo one'), ...bash('echo two; exit 3')] },
      { text: 'Both ran.' },
    ],
  },
  subagent: {
    steps: [
      {
        text: 'I delegate.',
        toolUse: [
          {
            name: 'Agent',
            input: { description: 'Say hi', prompt: '[[stub:text]] say hi', subagent_type: 'general-purpose' },
          },
        ],
      },
      { text: 'It answered: {{lastToolResult}}' },
    ],
  },
  'long-bash': {
    steps: [
      { toolUse: bash('echo started; for i in $(seq 1 60); do sleep 1; echo tick $i; done') },
      { text: 'The command ended.' },
    ],
  },
  'background-bash': {
    steps: [
      { toolUse: [{ name: 'Bash', input: { command: 'sleep 120; echo finished', run_in_background: true } }] },
      { text: 'Started it in the background.' },
    ],
  },
  slow: { steps: [{ text: 'word', repeat: 300, chunkChars: 5, chunkDelayMs: 200 }] },
  'long-text': {
    steps: [{ text: 'lorem ipsum dolor sit amet', repeat: 20_000, chunkChars: 32, usage: { output_tokens: 150_000 } }],
  },
  'many-tools': {
    steps: [
      { toolUse: Array.from({ length: 100 }, (_, i) => bash(`echo row ${i}`)).flat() },
      { text: 'Ran all of them.' },
    ],
  },
  loop: { isLoop: true, steps: [{ text: 'Again.', toolUse: bash('echo turn') }] },
  costly: {
    isLoop: true,
    steps: [{ text: 'Again.', toolUse: bash('echo turn'), usage: { input_tokens: 20_000, output_tokens: 20_000 } }],
  },
  structured: {
    steps: [{ toolUse: [{ name: 'StructuredOutput', input: { name: 'scripted', score: 7 } }] }, { text: 'Done.' }],
  },
  'structured-wrong': { isLoop: true, steps: [{ toolUse: [{ name: 'StructuredOutput', input: { name: 5 } }] }] },
  'structured-never': { isLoop: true, steps: [{ text: 'I would rather not.' }] },
  refusal: { isLoop: true, steps: [{ text: '', stopReason: 'refusal' }] },
  'max-tokens': {
    steps: [{ text: 'An answer that was cut by max_tokens', stopReason: 'max_tokens' }, { text: 'and its end.' }],
  },
  web: {
    steps: [
      { toolUse: [{ name: 'WebFetch', input: { url: 'https://example.org/page', prompt: 'summarise' } }] },
      { text: 'Web done.' },
    ],
  },
  cut: {
    isLoop: true,
    steps: [
      {
        text: 'This stream is cut in the middle of the answer, long enough for many chunks.',
        chunkChars: 4,
        breaks: { how: 'cut', afterChunks: 5 },
      },
    ],
  },
  stall: {
    isLoop: true,
    steps: [
      {
        text: 'This stream stalls in the middle of the answer.',
        chunkChars: 4,
        breaks: { how: 'stall', afterChunks: 5 },
      },
    ],
  },
  'error-event': {
    isLoop: true,
    steps: [
      { text: 'This stream fails with an error event.', chunkChars: 4, breaks: { how: 'error-event', afterChunks: 5 } },
    ],
  },
  'error-400': fails({ status: 400, type: 'invalid_request_error', message: 'scripted bad request' }),
  'error-401': fails({ status: 401, type: 'authentication_error', message: 'invalid x-api-key' }),
  'error-402': fails({ status: 402, type: 'billing_error', message: 'the account has no credit' }),
  'error-403': fails({ status: 403, type: 'permission_error', message: 'the key may not use this model' }),
  'error-413': fails({ status: 413, type: 'request_too_large', message: 'Request exceeds the maximum size' }),
  'error-429': fails({
    status: 429,
    type: 'rate_limit_error',
    message: 'scripted rate limit',
    headers: { 'retry-after': '1' },
  }),
  'error-429-once': fails(
    {
      status: 429,
      type: 'rate_limit_error',
      message: 'scripted rate limit',
      headers: { 'retry-after': '1' },
      times: 1,
    },
    { text: 'Recovered after 429.' },
  ),
  'error-429-long': fails({
    status: 429,
    type: 'rate_limit_error',
    message: 'come back later',
    headers: { 'retry-after': '3600' },
  }),
  'error-500-once': fails(
    { status: 500, type: 'api_error', message: 'Internal server error', times: 1 },
    { text: 'Recovered after 500.' },
  ),
  'error-529': fails({ status: 529, type: 'overloaded_error', message: 'Overloaded' }),
  'error-529-once': fails(
    { status: 529, type: 'overloaded_error', message: 'Overloaded', times: 1 },
    { text: 'Recovered after 529.' },
  ),
  'reset-once': fails({ reset: true, times: 1 }, { text: 'Recovered after a reset.' }),
  'rate-limit-warning': {
    steps: [
      {
        text: 'ok',
        headers: {
          'anthropic-ratelimit-unified-status': 'allowed_warning',
          'anthropic-ratelimit-unified-reset': '1795400000',
          'anthropic-ratelimit-unified-representative-claim': 'five_hour',
          'anthropic-ratelimit-unified-5h-utilization': '0.95',
          'anthropic-ratelimit-unified-5h-reset': '1795400000',
          'anthropic-ratelimit-unified-5h-status': 'allowed_warning',
        },
      },
    ],
  },
} as const satisfies Record<string, Scenario>
