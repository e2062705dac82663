'use client'

import type { RouterOutputs } from '../../trpc/types.ts'
import { useQuery } from '@tanstack/react-query'
import { type SubmitEvent, useState } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { Field, SelectField } from '../../ui/Field.tsx'
import { LoadingRows } from '../../ui/LoadingRows.tsx'
import { numberIn } from './numberIn.ts'
import { SaveBar } from './SaveBar.tsx'
import { Section } from './Section.tsx'
import { useSettings } from './useSettings.ts'

export function RunSettings() {
  const { read, change } = useSettings()
  return (
    <Section id="runs" title="Runs" lead="What holds for every run that does not say otherwise.">
      {read.error === null ? null : <ErrorInPlace error={read.error} retry={() => void read.refetch()} />}
      {read.data === undefined && read.error === null ? <LoadingRows of="Reading the settings" rows={2} /> : null}
      {/* Made anew when another tab saved: what is typed here is compared with what holds. */}
      {read.data === undefined ? null : (
        <RunForm key={JSON.stringify(read.data)} settings={read.data} change={change} />
      )}
    </Section>
  )
}

type SettingsBody = RouterOutputs['settings']['get']

interface RunFormProps {
  readonly settings: SettingsBody
  readonly change: ReturnType<typeof useSettings>['change']
}

function RunForm({ settings, change }: RunFormProps) {
  const before = asText(settings)
  const [typed, setTyped] = useState(before)
  const [wrong, setWrong] = useState<Partial<typeof before>>({})
  const isChanged = Object.entries(before).some(([name, value]) => Reflect.get(typed, name) !== value)
  const field = (name: keyof typeof before) => ({
    value: typed[name],
    error: wrong[name],
    onChange: (event: { target: { value: string } }) => setTyped({ ...typed, [name]: event.target.value }),
  })
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const parsed = parse(typed)
    setWrong(parsed.wrong)
    if (parsed.settings !== null) change.mutate(parsed.settings)
  }
  return (
    <form className="form settings-form" onSubmit={submit}>
      <AgentField {...field('defaultAgent')} />
      <div className="pair">
        <Field
          label="At once"
          inputMode="numeric"
          hint="Empty: as many as this machine carries"
          {...field('maxLiveRuns')}
        />
        <Field label="Keep events for" inputMode="numeric" hint="Days" {...field('events')} />
        <Field label="Keep artifacts for" inputMode="numeric" hint="Days; then they are gone" {...field('artifacts')} />
        <Field label="Largest artifact" inputMode="numeric" hint="MiB" {...field('maxArtifactMib')} />
      </div>
      <SaveBar isChanged={isChanged} change={change} />
    </form>
  )
}

function AgentField(field: { value: string; onChange: (event: { target: { value: string } }) => void }) {
  const agents = useQuery(useTRPC().agents.list.queryOptions()).data ?? []
  return (
    <SelectField label="Agent of a task that names none" value={field.value} onChange={field.onChange}>
      <option value="">The usual one: default, or demo while there is no model key</option>
      {agents.map(({ name }) => (
        <option key={name}>{name}</option>
      ))}
    </SelectField>
  )
}

function asText(settings: SettingsBody) {
  return {
    defaultAgent: settings.defaultAgent ?? '',
    maxLiveRuns: settings.maxLiveRuns === null ? '' : String(settings.maxLiveRuns),
    events: String(settings.retentionDays.events),
    artifacts: String(settings.retentionDays.artifacts),
    maxArtifactMib: String(settings.maxArtifactMib),
  }
}

type Typed = ReturnType<typeof asText>

function parse(typed: Typed) {
  const numbers = {
    maxLiveRuns: numberIn(typed.maxLiveRuns, { min: 1, max: 10_000, mayBeEmpty: true }),
    events: numberIn(typed.events, { min: 1, max: 36_500 }),
    artifacts: numberIn(typed.artifacts, { min: 1, max: 36_500 }),
    maxArtifactMib: numberIn(typed.maxArtifactMib, { min: 1, max: 1_048_576 }),
  }
  const wrong = Object.fromEntries(
    Object.entries(numbers).flatMap(([name, { error }]) => (error === null ? [] : [[name, error]])),
  )
  if (Object.keys(wrong).length > 0) return { wrong, settings: null }
  return {
    wrong,
    settings: {
      defaultAgent: typed.defaultAgent === '' ? null : typed.defaultAgent,
      maxLiveRuns: numbers.maxLiveRuns.value,
      retentionDays: { events: numbers.events.value ?? 1, artifacts: numbers.artifacts.value ?? 1 },
      maxArtifactMib: numbers.maxArtifactMib.value ?? 1,
    },
  }
}
