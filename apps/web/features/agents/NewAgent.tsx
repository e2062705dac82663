'use client'

import { type AgentSpec, agentSpecSchema } from '@errand/contracts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { type SubmitEvent, useState } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import type { RouterOutputs } from '../../trpc/types.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { Field, SelectField } from '../../ui/Field.tsx'

interface NewAgentProps {
  readonly agents: RouterOutputs['agents']['list']
  readonly taken: readonly string[]
  /** The one that it starts as a copy of. */
  readonly from: string | null
  readonly onClose: () => void
}

const CLAUDE = 'runtime:claude-code'
const SCRIPT = 'runtime:script'
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** A name and what it starts from; the rest is its draft. */
export function NewAgent({ agents, taken, from, onClose }: NewAgentProps) {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const router = useRouter()
  const copied = agents.find(({ name }) => name === from)
  const [name, setName] = useState(copied === undefined ? '' : freeName(copied.name, taken))
  const [start, setStart] = useState(copied?.name ?? CLAUDE)
  const [wrong, setWrong] = useState<string | undefined>(undefined)
  const keep = useMutation(
    trpc.agents.keepDraft.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries(trpc.agents.pathFilter())
        router.push(`/agents/${name}`)
      },
    }),
  )
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const problem = !NAME.test(name)
      ? '1 to 63 small letters, digits and dashes.'
      : taken.includes(name)
        ? `${name} is in use; choose another.`
        : undefined
    setWrong(problem)
    if (problem === undefined) keep.mutate({ name, baseVersion: 0, spec: startOf(start, agents) })
  }
  return (
    <form className="form inplace" aria-label="New agent" onSubmit={submit}>
      <div className="pair two-up">
        <Field
          label="Name"
          className="mono"
          spellCheck={false}
          autoCapitalize="none"
          autoComplete="off"
          autoFocus
          hint="What a task calls it: fixer, reviewer"
          error={wrong}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <SelectField label="Starts as" value={start} onChange={(event) => setStart(event.target.value)}>
          <option value={CLAUDE}>Claude Code, as it comes</option>
          <option value={SCRIPT}>a script, without a model</option>
          {agents.map((agent) => (
            <option key={agent.name} value={agent.name}>
              a copy of {agent.name}
            </option>
          ))}
        </SelectField>
      </div>
      {keep.error === null ? null : <ErrorInPlace error={keep.error} />}
      <div className="acts">
        <Button type="submit" tone="go" aria-busy={keep.isPending}>
          Start the draft
        </Button>
        <Button tone="bare" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  )
}

/** Claude Code starts with the model that the default agent asks: the one there is. */
function startOf(start: string, agents: NewAgentProps['agents']): AgentSpec {
  if (start === SCRIPT) return agentSpecSchema.parse({ runtime: 'script' })
  const copied = agents.find(({ name }) => name === start)
  if (copied !== undefined) return copied.spec
  const standard = agents.find(({ name }) => name === 'default')?.spec
  return agentSpecSchema.parse({
    runtime: 'claude-code',
    ...(standard?.runtime === 'claude-code' ? { credential: standard.credential } : {}),
  })
}

function freeName(name: string, taken: readonly string[]): string {
  let n = 2
  while (taken.includes(`${name}-${n}`)) n += 1
  return `${name}-${n}`
}
