'use client'

import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import { faultOfError } from '../../trpc/fault.ts'
import { Field, TextField } from '../../ui/Field.tsx'
import { AUTONOMY_NAMES } from '../run/autonomyWords.ts'
import type { ChipProps } from './Chips.tsx'
import { NETWORK_NAMES, type NetworkLevel } from './networkNames.ts'
import { type Plan, shortRepository, type TaskRepository } from './task.ts'

type Autonomy = NonNullable<Plan['autonomy']>

/** As Claude Code takes them: the newest of each kind. Any other name is written out. */
const MODELS = ['sonnet', 'opus', 'haiku'] as const
const AUTONOMIES: readonly (readonly [value: Autonomy, says: string])[] = [
  ['edit', 'It works without asking; the sandbox and the network level are its limits.'],
  ['ask', 'It edits files freely, and asks before a command that does more than read.'],
  ['plan', 'It proposes a plan; once you approve it, it works freely.'],
]

/** What is behind the chips, loaded when the first of them is opened: the model, and how much it does by itself. */
export function ModelFields({ task, plan, change }: ChipProps) {
  const autonomy = task.autonomy ?? plan?.autonomy ?? 'edit'
  return (
    <>
      {plan?.isDemo === true ? null : <ModelField task={task} plan={plan} change={change} />}
      <fieldset className="levels">
        <legend className="lab">What it does by itself</legend>
        {AUTONOMIES.map(([value, says]) => (
          <label key={value}>
            <input
              type="radio"
              name="autonomy"
              checked={value === autonomy}
              onChange={() => change({ autonomy: value })}
            />
            <span>
              <b>{AUTONOMY_NAMES[value]}</b>
              <span className="small two">{says}</span>
            </span>
          </label>
        ))}
      </fieldset>
    </>
  )
}

function ModelField({ task, plan, change }: ChipProps) {
  return (
    <>
      <Field
        label="Model"
        list="models"
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
        value={task.model ?? ''}
        placeholder={plan?.model ?? 'the usual one of Claude Code'}
        hint="Empty: as the agent says"
        maxLength={200}
        onChange={(event) =>
          change({ model: event.target.value.trim() === '' ? undefined : event.target.value.trim() })
        }
      />
      <datalist id="models">
        {MODELS.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </datalist>
    </>
  )
}

export function LimitsFields({ task, plan, change }: ChipProps) {
  return (
    <>
      {plan?.runtime === 'script' ? (
        <p className="small two">This agent runs a script: it asks no model and costs nothing.</p>
      ) : (
        <NumberField
          label="Budget in dollars"
          value={task.budgetUsd}
          usual={plan?.budgetUsd ?? null}
          most={100_000}
          onValue={(budgetUsd) => change({ budgetUsd })}
        />
      )}
      <NumberField
        label="Time in minutes"
        value={task.deadlineMinutes}
        usual={plan?.deadlineMinutes ?? null}
        most={1_440}
        onValue={(deadlineMinutes) => change({ deadlineMinutes })}
      />
    </>
  )
}

interface NumberFieldProps {
  readonly label: string
  readonly value: number | undefined
  /** What holds while nothing is written. */
  readonly usual: number | null
  readonly most: number
  readonly onValue: (value: number | undefined) => void
}

function NumberField({ label, value, usual, most, onValue }: NumberFieldProps) {
  const [typed, setTyped] = useState(value === undefined ? '' : String(value))
  const number = Number(typed.trim().replace(',', '.'))
  const isWrong = typed.trim() !== '' && !(number > 0 && number <= most)
  return (
    <Field
      label={label}
      inputMode="decimal"
      value={typed}
      placeholder={value === undefined && usual !== null ? String(usual) : ''}
      hint="Empty: as the agent says"
      error={isWrong ? `A number above 0, up to ${most}` : undefined}
      onChange={(event) => {
        setTyped(event.target.value)
        const next = Number(event.target.value.trim().replace(',', '.'))
        onValue(event.target.value.trim() !== '' && next > 0 && next <= most ? next : undefined)
      }}
    />
  )
}

const LEVELS: readonly (readonly [level: NetworkLevel, says: string])[] = [
  ['none', 'Nothing but the model and the repositories of this run.'],
  ['trusted', 'Also package registries and the hosts of the settings.'],
  ['custom', 'Also the hosts that the agent lists, and no others.'],
  ['full', 'Every public host.'],
]

export function NetworkFields({ task, plan, change, close }: ChipProps & { close: () => void }) {
  const level = task.network ?? plan?.network ?? null
  return (
    <fieldset className="levels">
      <legend className="lab">What the sandbox reaches</legend>
      {LEVELS.map(([one, says]) => (
        <label key={one}>
          <input
            type="radio"
            name="network"
            checked={one === level}
            onChange={() => change({ network: one })}
            onClick={(event) => event.detail > 0 && close()}
          />
          <span>
            <b>{NETWORK_NAMES[one]}</b>
            <span className="small two">{says}</span>
          </span>
        </label>
      ))}
    </fieldset>
  )
}

export function CheckField({ task, plan, change }: ChipProps) {
  return (
    <TextField
      label="Command that checks the outcome"
      hint="Run when the agent is done. Empty: nothing is checked, and nothing is called verified."
      rows={2}
      spellCheck={false}
      value={task.verify ?? plan?.verify ?? ''}
      maxLength={20_000}
      onChange={(event) => change({ verify: event.target.value })}
    />
  )
}

interface BranchProps {
  readonly of: TaskRepository
  readonly onBranch: (branch: { branch?: string }) => void
}

export function Branch({ of: { repository, branch }, onBranch }: BranchProps) {
  const list = useId()
  const { data, error } = useQuery({ ...useTRPC().repositories.branches.queryOptions({ repository }), retry: false })
  return (
    <>
      <Field
        list={list}
        label={`Branch of ${shortRepository(repository)}`}
        placeholder={data?.default ?? 'its default branch'}
        hint={error === null ? undefined : faultOfError(error)?.words}
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
        value={branch ?? ''}
        maxLength={250}
        onChange={(event) => onBranch(event.target.value.trim() === '' ? {} : { branch: event.target.value.trim() })}
      />
      <datalist id={list}>
        {data?.branches.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </datalist>
    </>
  )
}
