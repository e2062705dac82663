'use client'

import { Moon, Sun, SunMoon } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import { Segmented } from '../../ui/Segmented.tsx'
import { areSingleKeysOn, switchSingleKeys } from '../shell/keys.ts'
import { currentTheme, setTheme, type Theme } from '../shell/theme.ts'
import { Section } from './Section.tsx'

const THEMES = [
  { value: 'system', label: 'As the device', icon: SunMoon },
  { value: 'light', label: 'Light', icon: Sun },
  { value: 'dark', label: 'Dark', icon: Moon },
] as const

const KEYS = [
  { value: 'on', label: 'On' },
  { value: 'off', label: 'Off' },
] as const

/** Kept in this browser alone. */
export function Appearance() {
  const theme = useBrowser(currentTheme, 'system')
  const keys = useBrowser(() => (areSingleKeysOn() ? 'on' : 'off'), 'on')
  return (
    <Section id="appearance" title="Appearance" lead="Of this browser.">
      <div className="rowline settings-line">
        <span className="lab">Theme</span>
        <Segmented<Theme> name="Theme" segments={THEMES} value={theme} onChange={changed(setTheme)} />
      </div>
      <div className="rowline settings-line">
        <span className="lab">Single keys</span>
        <Segmented<'on' | 'off'>
          name="Single keys"
          segments={KEYS}
          value={keys}
          onChange={changed((value) => switchSingleKeys(value === 'on'))}
        />
        <span className="small two">
          <kbd>c</kbd> <kbd>j</kbd> <kbd>g r</kbd> and the like; <kbd>⌘ K</kbd> always works.
        </span>
      </div>
    </Section>
  )
}

const watchers = new Set<() => void>()

/** What the browser keeps, read again when it was changed here. */
function useBrowser<V extends string>(read: () => V, onServer: V): V {
  return useSyncExternalStore(
    (onChange) => {
      watchers.add(onChange)
      return () => watchers.delete(onChange)
    },
    read,
    () => onServer,
  )
}

function changed<V>(set: (value: V) => void): (value: V) => void {
  return (value) => {
    set(value)
    for (const watcher of watchers) watcher()
  }
}
