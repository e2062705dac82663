import type { RunEvent, RunEventBody } from '@errand/contracts'
import { reduce, type RunState } from '@errand/domain'
import { expect, test } from 'vitest'
import { rowsOf } from '../timeline/rows.ts'
import { questionWords, reasonIn } from './cards/questionWords.ts'
import { visible } from './cards/visible.ts'
import { commandOf } from './commandOf.ts'
import { PlanFold } from './live/planFold.ts'
import { repositoryName } from './repositoryName.ts'
import { startLines } from './side/startUp.ts'
import { firstTab, tabOrder } from './tabs.ts'
import type { RunView } from './types.ts'

const at = (ms: number) => new Date(ms).toISOString()
const logOf = (bodies: readonly (readonly [ms: number, body: RunEventBody])[]): RunEvent[] =>
  bodies.map(([ms, body], index) => ({ seq: index + 1, at: at(ms), body }))
const created: RunEventBody = {
  type: 'run.created',
  agent: 'a',
  agentVersion: 1,
  by: 'p',
  repositories: [],
  budgetUsd: 5,
}

function stateAfter(...bodies: (readonly [ms: number, body: RunEventBody])[]): RunState {
  const state = logOf([[0, created], ...bodies]).reduce<RunState | null>(reduce, null)
  if (state === null) throw new Error('nothing was folded')
  return state
}

const asking = { kind: 'tool', id: 'q', target: '', rules: [], askedAt: at(0), expiresAt: at(1) } as const

test('a command is asked about as it is, even when it looks like something else', () => {
  const input = '{"command":"ls"}'
  expect(questionWords({ ...asking, tool: 'Bash', input })).toEqual({
    title: 'May it run this command?',
    of: 'Tool Bash, exactly this:',
    exact: input,
  })
  expect(questionWords({ ...asking, tool: 'ExitPlanMode', input: '1. Read\n2. Write' }).exact).toBe('1. Read\n2. Write')
})

test('the agent’s reason is that of the call that waits, and of no other', () => {
  const call = (command: string, description: string): RunEventBody => {
    return {
      type: 'tool.started',
      id: command,
      tool: 'Bash',
      target: command,
      input: JSON.stringify({ command, description }),
    }
  }
  const rows = rowsOf(
    logOf([
      [0, created],
      [1, call('make', 'Build')],
      [2, call('rm -rf x', 'Clean up')],
    ]),
  )
  expect(reasonIn(rows, { ...asking, tool: 'Bash', input: 'make' })).toBe('Build')
  expect(reasonIn(rows, { ...asking, tool: 'Bash', input: 'make ' })).toBeNull()
})

test('any other tool is asked about with its whole input, readable or not', () => {
  const input = JSON.stringify({ sql: 'DROP TABLE a;', limit: 3 })
  const asked = questionWords({ ...asking, tool: 'mcp__pg__execute_sql', input })
  expect(asked.title).toBe('May it call pg · execute_sql?')
  expect(asked.exact).toBe('sql: DROP TABLE a;\nlimit: 3')
  expect(questionWords({ ...asking, tool: 'Strange', input: 'not json' }).exact).toBe('not json')
})

test('what cannot be seen in a command is written out', () => {
  expect(visible('rm \u202Efdp.exe\u200B -rf\tx\ny')).toBe('rm ⟨U+202E⟩fdp.exe⟨U+200B⟩ -rf\tx\ny')
  expect(visible('größe – “ok” 日本 👩‍🚀')).toContain('größe – “ok” 日本')
})

test('the plan is the agent’s last list, or the tasks that it ticks off', () => {
  const plan = new PlanFold()
  const call = (tool: string, input: unknown, parentId?: string): RunEventBody => ({
    type: 'tool.started',
    id: 't',
    tool,
    target: '',
    input: typeof input === 'string' ? input : JSON.stringify(input),
    ...(parentId === undefined ? {} : { parentId }),
  })
  const give = (body: RunEventBody) => plan.add({ seq: 1, at: at(0), body })
  give(
    call('TodoWrite', {
      todos: [
        { content: 'Read', status: 'completed' },
        { content: 'Write', status: 'in_progress' },
      ],
    }),
  )
  expect(plan.items.map(({ words, state }) => `${words} ${state}`)).toEqual(['Read completed', 'Write in_progress'])
  give(call('TodoWrite', '{"todos":[{"content":"cut'))
  give(call('TodoWrite', { todos: [] }, 'helper'))
  expect(plan.items).toHaveLength(2)
  give(call('TodoWrite', { todos: [] }))
  give(call('TaskCreate', { subject: 'One' }))
  give(call('TaskCreate', { subject: 'Two' }))
  give(call('TaskUpdate', { taskId: '2', status: 'in_progress' }))
  give(call('TaskUpdate', { taskId: 1, status: 'deleted' }))
  expect(plan.items).toEqual([{ id: '2', words: 'Two', state: 'in_progress' }])
})

test('start-up is a list with one clock under way, and a record afterwards', () => {
  const begun = stateAfter(
    [1_000, { type: 'run.admitted' }],
    [1_500, { type: 'runner.started', version: '1' }],
    [1_500, { type: 'step.started', step: 'clone' }],
  )
  expect(startLines(begun).map(({ name, state, from, to }) => [name, state, from, to])).toEqual([
    ['Queued', 'done', 0, 1_000],
    ['Sandbox started', 'done', 1_000, 1_500],
    ['Cloning', 'now', 1_500, null],
  ])
  const failed = stateAfter(
    [1_000, { type: 'run.admitted' }],
    [2_000, { type: 'step.started', step: 'clone' }],
    [4_000, { type: 'step.finished', step: 'clone', ok: false, ms: 2_000, detail: 'no such repository' }],
    [4_000, { type: 'run.ended', status: 'failed', code: 'run.never-started' }],
  )
  expect(startLines(failed).at(-1)).toMatchObject({ state: 'failed', detail: 'no such repository', to: 4_000 })
  expect(startLines(failed).some(({ state }) => state === 'now')).toBe(false)
})

test('why nothing of a run is at work yet is told at the step that waits, and the wall is a step of its own', () => {
  const held = [
    [1_000, { type: 'run.admitted' }],
    [2_000, { type: 'sandbox.waiting', code: 'cluster.unschedulable', detail: '0/3 nodes: insufficient memory' }],
  ] as const
  expect(startLines(stateAfter(...held)).at(-1)).toMatchObject({
    name: 'Scheduling',
    state: 'now',
    waiting: { code: 'cluster.unschedulable', detail: '0/3 nodes: insufficient memory', since: at(2_000) },
  })
  const begun = stateAfter(
    ...held,
    [9_000, { type: 'runner.started', version: '1' }],
    [9_100, { type: 'step.started', step: 'wall' }],
    [9_400, { type: 'step.finished', step: 'wall', ok: true, ms: 300 }],
  )
  expect(startLines(begun).map(({ name, waiting }) => [name, waiting])).toEqual([
    ['Queued', null],
    ['Sandbox started', null],
    ['Wall proven', null],
  ])
})

test('on a cluster a run is scheduled, then its image comes, then its sandbox starts', () => {
  const placed = [
    [1_000, { type: 'run.admitted' }],
    [2_000, { type: 'sandbox.placed', node: 'n1' }],
  ] as const
  expect(startLines(stateAfter(...placed)).map(({ name, state }) => [name, state])).toEqual([
    ['Queued', 'done'],
    ['Scheduled on n1', 'done'],
    ['Getting the image', 'now'],
  ])
  const started = stateAfter(
    ...placed,
    [5_000, { type: 'sandbox.placed', node: 'n1', images: 'python:3.13 came in 2.9s' }],
    [6_000, { type: 'runner.started', version: '1' }],
  )
  expect(startLines(started).map(({ name, from, to }) => [name, from, to])).toEqual([
    ['Queued', 0, 1_000],
    ['Scheduled on n1', 1_000, 2_000],
    ['Image python:3.13 came in 2.9s', 2_000, 5_000],
    ['Sandbox started', 5_000, 6_000],
  ])
})

test('a way that is told after the sandbox has started is whole, and the start took all of the time', () => {
  const late = stateAfter(
    [1_000, { type: 'run.admitted' }],
    [6_000, { type: 'runner.started', version: '1' }],
    [6_500, { type: 'sandbox.placed', node: 'n1', images: 'on the node already' }],
  )
  expect(startLines(late).map(({ name, from, to }) => [name, from, to])).toEqual([
    ['Queued', 0, 1_000],
    ['Scheduled on n1', 1_000, 1_000],
    ['Image on the node already', 1_000, 1_000],
    ['Sandbox started', 1_000, 6_000],
  ])
})

test('the command of a run fires the same task, whatever its words are', () => {
  const run = {
    prompt: "Fix the owner's tests",
    agent: 'fixer',
    repositories: [],
    budgetUsd: 2,
    network: 'trusted',
    verify: 'npm test && echo "ok"',
  } as const
  expect(commandOf({ ...run, repositories: [] })).toBe(
    `errand run 'Fix the owner'\\''s tests' --agent fixer --no-repo --budget 2 --network trusted --verify 'npm test && echo "ok"'`,
  )
})

const seen = (state: RunState) => ({ state: state as RunView['state'] })

test('of a run that succeeded the result is seen first, else what is going on', () => {
  expect(firstTab(seen(stateAfter()))).toBe('timeline')
  const changes = { repository: 'r', base: 'a', head: 'b', branch: null, commits: 1, files: 2, added: 1, removed: 0 }
  const over = stateAfter(
    [1, { type: 'changes.collected', changes }],
    [2, { type: 'run.finished', status: 'succeeded', verdict: 'verified', sentence: 'Done.' }],
  )
  expect(firstTab(seen(over))).toBe('changes')
  expect(tabOrder(seen(over))[0]).toBe('changes')
})

test('a repository is named as people name it', () => {
  expect(repositoryName({ url: 'https://host.example/acme/app.git', name: 'app' })).toBe('acme/app')
  expect(repositoryName({ url: 'errand://local/demo', name: 'local/demo' })).toBe('local/demo')
})
