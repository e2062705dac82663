'use client'

import { useQuery } from '@tanstack/react-query'
import { Command } from 'cmdk'
import { Bot, type LucideIcon, LogOut, Moon, Plus, Sun, SunMoon } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { signOut } from '../account/door.ts'
import { stateOf } from '../run/stateOf.ts'
import { useAllCommands } from '../shell/commands.tsx'
import { PLACES } from '../shell/places.ts'
import { setTheme } from '../shell/theme.ts'
import { useTRPC } from '../../trpc/client.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { STATES } from '../../ui/states.ts'

/** Finds every place and thing, and does every action; loaded when it is opened. */
export function Palette({ onClose, onKeys }: { onClose: () => void; onKeys: () => void }) {
  const router = useRouter()
  const commands = useAllCommands()
  const go = (href: string) => () => {
    onClose()
    router.push(href)
  }
  const does = (action: () => void) => () => {
    onClose()
    action()
  }
  return (
    <Dialog name="Find or do" className="palette" onClose={onClose}>
      <Command label="Find or do" loop>
        <Command.Input className="palette-in" placeholder="Find a run, a place or an action" />
        <Command.List>
          <Command.Empty>Nothing has all of these words.</Command.Empty>
          {commands.length === 0 ? null : (
            <Command.Group heading="On this page">
              {commands.map(({ id, name, icon, keys, run }) => (
                <Row key={id} icon={icon} name={name} keys={keys} onSelect={does(run)} />
              ))}
            </Command.Group>
          )}
          <Command.Group heading="Do">
            <Row icon={Plus} name="New run" keys="c" onSelect={go('/?new')} />
            <Row icon={Sun} name="Light theme" onSelect={does(() => setTheme('light'))} />
            <Row icon={Moon} name="Dark theme" onSelect={does(() => setTheme('dark'))} />
            <Row icon={SunMoon} name="Theme of this device" onSelect={does(() => setTheme('system'))} />
            <Row name="Keyboard" keys="?" onSelect={onKeys} />
            <Row icon={LogOut} name="Sign out" onSelect={does(() => void signOut())} />
          </Command.Group>
          <Command.Group heading="Go to">
            {PLACES.map(({ href, name, icon, key }) => (
              <Row key={href} icon={icon} name={name} keys={`g ${key}`} onSelect={go(href)} />
            ))}
          </Command.Group>
          <Things go={go} />
        </Command.List>
      </Command>
    </Dialog>
  )
}

const RUNS = 50

function Things({ go }: { go: (href: string) => () => void }) {
  const trpc = useTRPC()
  const runs = useQuery(trpc.runs.list.queryOptions({ limit: RUNS })).data?.runs ?? []
  const agents = useQuery(trpc.agents.list.queryOptions()).data ?? []
  return (
    <>
      {runs.length === 0 ? null : (
        <Command.Group heading="Runs">
          {runs.map((run) => {
            const { icon, word } = STATES[stateOf(run.state)]
            const [title = run.prompt] = run.prompt.trim().split('\n')
            return (
              <Row key={run.id} value={run.id} icon={icon} name={title} note={word} onSelect={go(`/runs/${run.id}`)} />
            )
          })}
        </Command.Group>
      )}
      {agents.length === 0 ? null : (
        <Command.Group heading="Agents">
          {agents.map(({ name }) => (
            <Row key={name} value={`agent ${name}`} icon={Bot} name={name} onSelect={go(`/agents/${name}`)} />
          ))}
        </Command.Group>
      )}
    </>
  )
}

interface RowProps {
  readonly name: string
  readonly icon?: LucideIcon | undefined
  readonly note?: string
  readonly keys?: string | undefined
  /** Tells rows of the same name apart. */
  readonly value?: string
  readonly onSelect: () => void
}

function Row({ name, icon: Icon, note, keys, value, onSelect }: RowProps) {
  return (
    <Command.Item value={value ?? name} keywords={note === undefined ? [name] : [name, note]} onSelect={onSelect}>
      {Icon === undefined ? <span className="i" /> : <Icon className="i" aria-hidden="true" />}
      <span className="palette-name">{name}</span>
      {note === undefined ? null : <span className="three small">{note}</span>}
      {keys === undefined ? null : <kbd>{keys}</kbd>}
    </Command.Item>
  )
}
