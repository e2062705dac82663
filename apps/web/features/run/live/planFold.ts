import type { RunEvent } from '@errand/contracts'

export interface PlanItem {
  readonly id: string
  readonly words: string
  readonly state: PlanItemState
}

type PlanItemState = 'pending' | 'in_progress' | 'completed'

const MAX_ITEMS = 200

/**
 * The agent's own plan: the list that it writes anew each time (`TodoWrite`), or the tasks that it makes and ticks off
 * one by one (`TaskCreate`, `TaskUpdate`). Inputs that cannot be read change nothing.
 */
export class PlanFold {
  items: readonly PlanItem[] = []
  #made = 0

  add({ body }: RunEvent): void {
    // A helper's list is its own business.
    if (body.type !== 'tool.started' || body.parentId !== undefined) return
    if (body.tool !== 'TodoWrite' && body.tool !== 'TaskCreate' && body.tool !== 'TaskUpdate') return
    const input = parsed(body.input)
    if (body.tool === 'TodoWrite') this.items = listed(field(input, 'todos')) ?? this.items
    else if (body.tool === 'TaskCreate') this.#create(field(input, 'subject'))
    else this.items = changed(this.items, input)
  }

  #create(subject: unknown): void {
    this.#made += 1
    if (typeof subject !== 'string' || this.items.length >= MAX_ITEMS) return
    this.items = [...this.items, { id: `${this.#made}`, words: subject, state: 'pending' }]
  }
}

function listed(todos: unknown): readonly PlanItem[] | null {
  if (!Array.isArray(todos)) return null
  return todos.slice(0, MAX_ITEMS).flatMap((todo: unknown, index) => {
    const words = field(todo, 'content')
    return typeof words === 'string' ? [{ id: `${index}`, words, state: stateIn(todo) ?? 'pending' }] : []
  })
}

function changed(items: readonly PlanItem[], input: unknown): readonly PlanItem[] {
  const id = String(field(input, 'taskId'))
  if (field(input, 'status') === 'deleted') return items.filter((item) => item.id !== id)
  const subject = field(input, 'subject')
  return items.map((item) => {
    if (item.id !== id) return item
    return { ...item, words: typeof subject === 'string' ? subject : item.words, state: stateIn(input) ?? item.state }
  })
}

function stateIn(value: unknown): PlanItemState | null {
  const state = field(value, 'status')
  return state === 'pending' || state === 'in_progress' || state === 'completed' ? state : null
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

function parsed(input: string | undefined): unknown {
  try {
    return JSON.parse(input ?? '') as unknown
  } catch {
    // A long input is cut by the runner and is no JSON any more; the plan then stays as it was.
    return null
  }
}
