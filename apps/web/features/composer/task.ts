import type { RouterInputs, RouterOutputs } from '../../trpc/types.ts'

/** A task while it is written. What is left undefined the agent decides. */
export type Task = NonNullable<RouterOutputs['drafts']['current']>['draft']
/** Fields to change; undefined gives one back to the agent. */
export type TaskChange = { readonly [K in keyof Task]?: Task[K] | undefined }
/** What to change, or how to make it of the task as it is then. */
export type ChangeTask = (part: TaskChange | ((task: Task) => TaskChange)) => void
export type TaskRepository = NonNullable<Task['repositories']>[number]
export type TaskFile = Task['inputs'][number]
export type Preflight = RouterOutputs['runs']['preflight']
export type Plan = NonNullable<Preflight['plan']>

export const NO_TASK: Task = { prompt: '', inputs: [] }

export function withChange(task: Task, change: TaskChange): Task {
  const said = Object.entries({ ...task, ...change }).filter(([, value]) => value !== undefined)
  return { ...NO_TASK, ...Object.fromEntries(said) }
}

export function hasWork(task: Task): boolean {
  return task.prompt.trim() !== '' || task.inputs.length > 0
}

/** What stays for the next task: everything but what this one was about. */
export function choicesOf(task: Task): Task {
  return { ...task, prompt: '', inputs: [] }
}

/** What is asked before it is fired: the text and the files say nothing about whether it can be. */
export function preflightOf(task: Task): RouterInputs['runs']['preflight'] {
  const { prompt: _prompt, inputs: _inputs, ...asked } = task
  return asked
}

/** 128 random bits. `crypto.randomUUID` is not there on a plain http address of the home network. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** `acme/app` of `https://github.com/acme/app.git`. */
export function shortRepository(repository: string): string {
  return repository.replace(/^https?:\/\/[^/]+\//, '').replace(/\.git$/, '')
}
