import type { Task, TaskRepository } from './task.ts'

/** The link that fills all of this in. Files stay behind. */
export function linkOf(task: Task): string {
  const params = new URLSearchParams()
  const say = (name: string, value: string | number | undefined) => {
    if (value !== undefined && value !== '') params.set(name, String(value))
  }
  say('prompt', task.prompt)
  if (task.repositories !== undefined) params.set('repos', task.repositories.map(repositoryText).join(','))
  say('agent', task.agent)
  say('budget', task.budgetUsd)
  say('minutes', task.deadlineMinutes)
  say('model', task.model)
  say('autonomy', task.autonomy)
  say('network', task.network)
  if (task.verify !== undefined) params.set('verify', task.verify)
  return `/?${params}`
}

function repositoryText({ repository, branch }: TaskRepository): string {
  return branch === undefined ? repository : `${repository}#${branch}`
}
