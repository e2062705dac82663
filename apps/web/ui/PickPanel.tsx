'use client'

import { Check } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useId, useState } from 'react'
import { type Choice, matching } from './pick.ts'

export interface PickPanelProps {
  /** What is picked: `Repository`. */
  readonly name: string
  /** Undefined while they are being read. */
  readonly choices: readonly Choice[] | undefined
  readonly chosen: readonly string[]
  readonly onPick: (value: string) => void
  /** Several can be chosen: it stays open, and picking one again takes it away. */
  readonly several?: boolean
  /** Makes a choice of what was typed when that is one in itself (an address, a branch name). */
  readonly fromText?: (text: string) => Choice | null
  readonly placeholder?: string
  /** Shown when nothing matches: what can be done about it. */
  readonly nothing?: ReactNode
  /** Below the list. */
  readonly footer?: ReactNode
  readonly close: () => void
}

/** The focus stays in the text, arrows move, Enter picks. */
export function PickPanel({ close, several = false, ...props }: PickPanelProps) {
  const list = useId()
  const [query, setQuery] = useState('')
  const [at, setAt] = useState(0)
  const shown = offered(props, query)
  const current = Math.min(at, shown.length - 1)
  const pick = (choice: Choice | undefined) => {
    if (choice === undefined) return
    props.onPick(choice.value)
    if (!several) close()
  }
  const move = (to: number) => {
    setAt((to + shown.length) % Math.max(1, shown.length))
    document.getElementById(`${list}-${(to + shown.length) % shown.length}`)?.scrollIntoView({ block: 'nearest' })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') move(current + 1)
    else if (event.key === 'ArrowUp') move(current - 1)
    else if (event.key === 'Enter') pick(shown[current])
    else return
    event.preventDefault()
  }
  return (
    <>
      <input
        className="in"
        role="combobox"
        aria-label={props.name}
        aria-expanded="true"
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={shown.length === 0 ? undefined : `${list}-${current}`}
        placeholder={props.placeholder ?? 'Type to find'}
        autoComplete="off"
        spellCheck={false}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value)
          setAt(0)
        }}
        onKeyDown={onKeyDown}
      />
      <ul id={list} role="listbox" aria-label={props.name} aria-multiselectable={several}>
        {shown.map((choice, index) => (
          <li
            key={choice.value}
            id={`${list}-${index}`}
            role="option"
            aria-selected={props.chosen.includes(choice.value)}
            data-at={index === current ? '' : undefined}
            // The text keeps the focus.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => pick(choice)}
          >
            {choice.icon === undefined ? null : <choice.icon className="i" aria-hidden="true" />}
            <span>
              {choice.label} {choice.note === undefined ? null : <span className="three small">{choice.note}</span>}
            </span>
            {props.chosen.includes(choice.value) ? <Check className="i s end" aria-hidden="true" /> : null}
          </li>
        ))}
      </ul>
      {shown.length > 0 ? null : (
        <p className="small two pick-note">
          {props.choices === undefined ? 'Reading the list' : (props.nothing ?? 'Nothing has all of these words')}
        </p>
      )}
      {props.footer === undefined ? null : <div className="pick-note">{props.footer}</div>}
    </>
  )
}

function offered(
  { choices = [], fromText }: Pick<PickPanelProps, 'choices' | 'fromText'>,
  query: string,
): readonly Choice[] {
  const found = matching(choices, query)
  const typed = query.trim() === '' ? null : (fromText?.(query.trim()) ?? null)
  if (typed === null || found.some(({ value }) => value === typed.value)) return found
  return [...found, typed]
}
