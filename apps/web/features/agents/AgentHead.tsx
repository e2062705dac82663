'use client'

import type { AgentSpec } from '@errand/contracts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Copy, Ellipsis, FlaskConical, Pause, Play, Trash2 } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import { Button } from '../../ui/Button.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { Menu } from '../../ui/Menu.tsx'
import type { MenuItem } from '../../ui/MenuList.tsx'
import { useToasts } from '../../ui/Toasts.tsx'
import { useCommands } from '../shell/commands.tsx'
import { DeleteAgent } from './DeleteAgent.tsx'
import { TryDraft } from './TryDraft.tsx'
import type { AgentDraft } from './useAgentDraft.ts'
import { useSaveAgent } from './useSaveAgent.ts'

interface AgentHeadProps {
  readonly name: string
  readonly draft: AgentDraft
  readonly spec: AgentSpec
  readonly changes: number
  /** The tabs; on phones the draft's buttons stay at their foot. */
  readonly children: ReactNode
}

/** Name, purpose, and what can be done with the draft and with the agent; on phones the draft's two at the foot. */
export function AgentHead({ name, draft, spec, changes, children }: AgentHeadProps) {
  const [open, setOpen] = useState<'try' | 'delete' | null>(null)
  const save = useSaveAgent(name, draft, spec)
  const agent = draft.agent.data
  const isOff = agent?.isOff === true
  const power = useSwitch(name)
  const next = `v${draft.baseVersion + 1}`
  const why = whyNotSave(draft, changes)
  const tryIt = () => setOpen('try')
  const remove = () => setOpen('delete')
  const items: readonly MenuItem[] = [
    { label: 'Duplicate', icon: Copy, href: `/agents?new&from=${name}` },
    ...(agent === undefined
      ? []
      : [
          isOff
            ? { label: 'Switch on', icon: Play, onSelect: () => power.set(true) }
            : { label: 'Switch off', icon: Pause, onSelect: () => power.set(false) },
        ]),
    {
      label: agent === undefined ? 'Forget this draft' : 'Delete',
      icon: Trash2,
      tone: 'fault',
      starts: true,
      onSelect: remove,
      off:
        agent?.cameWithErrand === true ? 'It came with Errand and would come back. Switch it off instead.' : undefined,
    },
  ]
  useCommands([
    { id: 'agent-try', name: `Try the draft of ${name}`, icon: FlaskConical, run: tryIt },
    ...(why === null ? [{ id: 'agent-save', name: `Save ${name} as ${next}`, run: save.run }] : []),
  ])
  const acts = (
    <>
      <Button icon={FlaskConical} onClick={tryIt}>
        Try the draft
      </Button>
      <Button tone="go" disabled={why !== null} aria-busy={save.isPending} onClick={save.run}>
        Save as {next}
      </Button>
    </>
  )
  return (
    <>
      <div className="head tight">
        <div className="grow">
          <h1>{name}</h1>
          {spec.description === undefined ? null : <p className="lead">{spec.description}</p>}
        </div>
        <div className="acts">
          <span className="acts no-phone">{acts}</span>
          <Menu
            name={`More for ${name}`}
            items={items}
            trigger={(props) => (
              <Button {...props} square icon={Ellipsis}>
                More for {name}
              </Button>
            )}
          />
        </div>
      </div>
      {why === null || why === '' ? null : <p className="small two why">{why}</p>}
      {isOff ? (
        <div className="callout act">
          <Pause className="i" aria-hidden="true" />
          <span>
            <b>Switched off.</b> It takes no new tasks; runs under way go on.
          </span>
          <Button onClick={() => power.set(true)}>Switch on</Button>
        </div>
      ) : null}
      <MovedOn draft={draft} />
      {save.error === null ? null : <ErrorInPlace error={save.error} />}
      {power.error === null ? null : <ErrorInPlace error={power.error} />}
      {open === 'try' ? <TryDraft name={name} spec={spec} isKept={draft.isKept} onClose={() => setOpen(null)} /> : null}
      {open === 'delete' ? (
        <DeleteAgent name={name} isSaved={agent !== undefined} onClose={() => setOpen(null)} />
      ) : null}
      {children}
      <div className="only-phone savebar">
        <div className="acts">{acts}</div>
      </div>
    </>
  )
}

/** Empty where nothing has to be said: the button stands beside what says it. */
function whyNotSave(draft: AgentDraft, changes: number): string | null {
  if (draft.wrong.length > 0) return 'Not to be saved yet: correct what is marked below.'
  if (draft.agent.data !== undefined && changes === 0) return ''
  return draft.baseVersion === draft.version ? null : 'Not to be saved yet: look at what is new first.'
}

/** The agent got a newer version while this draft was made. */
function MovedOn({ draft }: { draft: AgentDraft }) {
  const { version, baseVersion } = draft
  if (baseVersion === version || draft.agent.data === undefined) return null
  return (
    <div className="callout act" role="status">
      <span />
      <span>
        <b>v{version} was saved meanwhile.</b> Your draft changes v{baseVersion}. The changes listed below are those
        from v{version} to your draft.
      </span>
      <Button onClick={() => draft.goOnFrom(version)}>Go on from v{version}</Button>
    </div>
  )
}

function useSwitch(name: string) {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const toasts = useToasts()
  const change = useMutation(
    trpc.agents.switch.mutationOptions({ onSuccess: () => queries.invalidateQueries(trpc.agents.pathFilter()) }),
  )
  const set = (isOn: boolean) =>
    change.mutate(
      { name, isOn },
      {
        onSuccess: () => toasts.show({ text: `Switched ${name} ${isOn ? 'on' : 'off'}`, undo: () => set(!isOn) }),
      },
    )
  return { set, error: change.error }
}
