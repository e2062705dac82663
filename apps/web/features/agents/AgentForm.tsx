'use client'

import type { AgentSpec } from '@errand/contracts'
import { Field, SelectField, TextField } from '../../ui/Field.tsx'
import { FieldGroup } from '../../ui/FieldGroup.tsx'
import { CredentialField } from './CredentialField.tsx'
import { type FieldName, FIELDS, valueOf } from './fields.ts'
import { isAsked, LAYOUT } from './layout.ts'
import { McpField } from './McpField.tsx'
import { NetworkField } from './NetworkField.tsx'
import type { AgentDraft } from './useAgentDraft.ts'

/** The draft, field by field. What is typed is kept by itself; only saving makes a version. */
export function AgentForm({ draft, spec, name }: { draft: AgentDraft; spec: AgentSpec; name: string }) {
  return (
    <form className="form agent-form" aria-label={name} onSubmit={(event) => event.preventDefault()}>
      {LAYOUT.map((group) => {
        const fields = group.fields.filter((field) => isAsked(spec, field))
        return fields.length === 0 ? null : (
          <FieldGroup
            key={group.fields.join()}
            title={group.title}
            isFolded={group.isFolded}
            className={group.isRow === true ? 'pair' : 'stack'}
          >
            {fields.map((field) => (
              <AgentField key={field} name={field} draft={draft} spec={spec} />
            ))}
          </FieldGroup>
        )
      })}
    </form>
  )
}

interface AgentFieldProps {
  readonly name: FieldName
  readonly draft: AgentDraft
  readonly spec: AgentSpec
}

function AgentField({ name, draft, spec }: AgentFieldProps) {
  const { label, hint, control } = FIELDS[name]
  if (control.kind === 'own') {
    const set = (value: unknown) => void draft.set(name, value)
    if (name === 'mcp') return <McpField uses={spec.runtime === 'claude-code' ? (spec.mcp ?? []) : []} onChange={set} />
    return name === 'network' ? (
      <NetworkField value={spec.network} onChange={set} />
    ) : (
      <CredentialField label={label} value={spec.runtime === 'claude-code' ? spec.credential : ''} onChange={set} />
    )
  }
  if (control.kind === 'choice') {
    const value = valueOf(spec, name)
    return (
      <SelectField
        label={label}
        value={typeof value === 'string' ? value : ''}
        onChange={(event) => void draft.set(name, event.target.value === '' ? undefined : event.target.value)}
      >
        <option value="">{usual(name, control.choices)}</option>
        {control.choices.map(([one, words]) => (
          <option key={one} value={one}>
            {words}
          </option>
        ))}
      </SelectField>
    )
  }
  const { text, wrong } = draft.textOf(name)
  const shared = {
    label,
    hint,
    value: text,
    error: wrong ?? undefined,
    spellCheck: control.kind === 'area',
    onChange: (event: { target: { value: string } }) => draft.type(name, event.target.value),
  }
  if (control.kind === 'line') return <Field {...shared} />
  return <TextField {...shared} rows={control.rows} className={control.kind === 'code' ? 'mono' : ''} />
}

/** What holds where nothing is chosen. */
function usual(name: FieldName, choices: readonly (readonly [string, string])[]): string {
  if (name === 'autonomy') return `${choices.find(([one]) => one === 'edit')?.[1] ?? ''} (usual)`
  return 'as it works: asked if it asks'
}
