'use client'

import { Command } from 'cmdk'
import { LogOut, Moon, Play, Plus, Sun, SunMoon } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useEffect, useRef, useState } from 'react'
import { Dialog } from '../../ui/Dialog.tsx'
import { signOut } from '../account/door.ts'
import { useAllCommands } from '../shell/commands.tsx'
import { PLACES } from '../shell/places.ts'
import { setTheme } from '../shell/theme.ts'
import { fits } from './fits.ts'
import { Row } from './Row.tsx'
import { Things } from './Things.tsx'

/** Finds every place and thing, and does every action; loaded when it is opened. */
export function Palette({ onClose, onKeys }: { onClose: () => void; onKeys: () => void }) {
  const router = useRouter()
  const commands = useAllCommands()
  const [query, setQuery] = useState('')
  const [chosen, setChosen] = useState('')
  const typed = query.trim()
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
      <Command label="Find or do" loop filter={fits} value={chosen} onValueChange={setChosen}>
        <AlwaysOneChosen onChoose={setChosen} />
        <Command.Input
          className="palette-in"
          placeholder="Find a run, a place or an action"
          value={query}
          onValueChange={setQuery}
        />
        <Command.List>
          <Command.Empty>Nothing has all of these words.</Command.Empty>
          {commands.length === 0 ? null : (
            <Command.Group heading="On this page">
              {commands.map(({ id, name, icon, keys, run }) => (
                <Row key={id} icon={icon} name={name} keys={keys} onSelect={does(run)} />
              ))}
            </Command.Group>
          )}
          <Things go={go} query={typed} />
          <Command.Group heading="Go to">
            {PLACES.map(({ href, name, icon, key }) => (
              <Row key={href} icon={icon} name={name} keys={`g ${key}`} onSelect={go(href)} />
            ))}
          </Command.Group>
          <Command.Group heading="Do">
            <Row icon={Plus} name="New run" keys="c" onSelect={go('/?new')} />
            <Row icon={Plus} name="New agent" onSelect={go('/agents?new')} />
            <Row icon={Plus} name="New credential" onSelect={go('/credentials?add')} />
            <Row icon={Sun} name="Light theme" onSelect={does(() => setTheme('light'))} />
            <Row icon={Moon} name="Dark theme" onSelect={does(() => setTheme('dark'))} />
            <Row icon={SunMoon} name="Theme of this device" onSelect={does(() => setTheme('system'))} />
            <Row name="Keyboard" keys="?" onSelect={onKeys} />
            <Row icon={LogOut} name="Sign out" onSelect={does(() => void signOut())} />
          </Command.Group>
          {typed === '' ? null : (
            <Command.Group heading="As a task" forceMount>
              <Row
                icon={Play}
                name={`Run: ${typed}`}
                value="run what was typed"
                isAlways
                onSelect={go(`/?prompt=${encodeURIComponent(typed)}`)}
              />
            </Command.Group>
          )}
        </Command.List>
      </Command>
    </Dialog>
  )
}

/** A row that went and came back is another element; the library still names the one that went to screen readers. */
function pointTo(palette: Element, chosen: Element): void {
  for (const one of palette.querySelectorAll('[aria-activedescendant]')) {
    const id = one.getAttribute('aria-activedescendant') ?? ''
    if (document.getElementById(id) === null) one.setAttribute('aria-activedescendant', chosen.id)
  }
}

/** What was found for earlier words goes, and may have been what was chosen: then the first that is left is, so that Enter does it. */
function AlwaysOneChosen({ onChoose }: { onChoose: (value: string) => void }) {
  const place = useRef<HTMLSpanElement>(null)
  // The external system is the library's list: what stands in it, and in which order, only the page knows.
  useEffect(() => {
    const palette = place.current?.parentElement
    if (palette === null || palette === undefined) return
    const choose = () => {
      const items = [...palette.querySelectorAll('[cmdk-item]')]
      const chosen = items.find((item) => item.getAttribute('aria-selected') === 'true')
      if (chosen !== undefined) return pointTo(palette, chosen)
      const first = items[0]?.getAttribute('data-value')
      if (first !== null && first !== undefined) onChoose(first)
    }
    // After the library has sorted what is left and made its own choice.
    let frame = 0
    const observer = new MutationObserver(() => {
      cancelAnimationFrame(frame)
      frame = requestAnimationFrame(choose)
    })
    observer.observe(palette, { childList: true, subtree: true, attributeFilter: ['aria-selected'] })
    return () => {
      observer.disconnect()
      cancelAnimationFrame(frame)
    }
  }, [onChoose])
  return <span ref={place} hidden />
}
