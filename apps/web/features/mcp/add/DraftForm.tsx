'use client'

import { mcpServerSpecSchema, type McpServerSpec } from '@errand/contracts'
import { type Filled, fillDraft, type PlannedCredential, type ServerDraft } from '@errand/domain'
import { useQuery } from '@tanstack/react-query'
import { type SubmitEvent, useState } from 'react'
import { useTRPC } from '../../../trpc/client.tsx'
import { Button } from '../../../ui/Button.tsx'
import { ErrorInPlace } from '../../../ui/ErrorInPlace.tsx'
import { Field, TextField } from '../../../ui/Field.tsx'
import { SealRefusal } from '../../credentials/sealValue.ts'
import { type Access, accessOf, withAccess } from './access.ts'
import { AccessField } from './AccessField.tsx'
import { DraftNotes } from './DraftNotes.tsx'
import { InputField } from './InputField.tsx'
import { useNewestVersion } from './useNewestVersion.ts'
import { useSaveServer } from './useSaveServer.ts'
import { WhatWillHappen } from './WhatWillHappen.tsx'
import { WayChoice } from './WayChoice.tsx'

interface DraftFormProps {
  readonly ways: readonly ServerDraft[]
  readonly taken: readonly string[]
  readonly onBack: () => void
  readonly onClose: () => void
  readonly onAdded: (name: string) => void
}

/** One form for every source: what the server needs, what will happen, and then save and test. */
export function DraftForm({ ways, taken, onBack, onClose, onAdded }: DraftFormProps) {
  const [at, setAt] = useState(0)
  const [name, setName] = useState(ways[0]?.name ?? '')
  const way = ways[at]
  if (way === undefined) return null
  return (
    <section className="form inplace" aria-label={`Add ${way.title ?? way.name}`}>
      <div>
        <h2>{way.title ?? way.name}</h2>
        {way.description === undefined ? null : <p className="two">{way.description}</p>}
      </div>
      {ways.length > 1 ? <WayChoice ways={ways} at={at} onChoose={setAt} /> : null}
      <OneWay key={at} way={way} {...{ name, setName, taken, onBack, onClose, onAdded }} />
    </section>
  )
}

interface OneWayProps extends Omit<DraftFormProps, 'ways'> {
  readonly way: ServerDraft
  readonly name: string
  readonly setName: (name: string) => void
}

function OneWay({ way: given, name, setName, taken, onBack, onClose, onAdded }: OneWayProps) {
  const way = useNewestVersion(given)
  const credentials = useQuery(useTRPC().credentials.list.queryOptions())
  const [values, setValues] = useState<Readonly<Record<string, string>>>({})
  const [access, setAccess] = useState<Access | null>(() => accessOf(way))
  const [hosts, setHosts] = useState(() => (way.spec.type === 'hosted' ? way.spec.hosts.join('\n') : ''))
  const [isSent, setIsSent] = useState(false)
  const save = useSaveServer(onAdded)
  const draft = withHosts(access === null ? way : withAccess(way, access), hosts)
  const takenNames = (credentials.data ?? []).map((each) => each.name)
  const filled = fillDraft(draft, { name, values, taken: takenNames })
  const checked = checkFilled(way, filled)
  const problems = checked.kind === 'wrong' ? checked.problems : {}
  const wrongName = nameProblem(name, taken)
  const isStopped = draft.notes.some(({ level }) => level === 'stop')
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    setIsSent(true)
    if (checked.kind === 'fits' && wrongName === undefined) save.mutate({ name, ...checked })
  }
  return (
    <form className="stack wide-gap" aria-label="What it needs" onSubmit={submit}>
      <DraftNotes notes={draft.notes} />
      <div className="pair two-up">
        <Field
          label="Name"
          className="mono"
          spellCheck={false}
          autoCapitalize="none"
          hint="What agents call it"
          error={isSent ? wrongName : undefined}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        {access === null ? null : (
          <AccessField access={access} credentials={credentials.data ?? []} onChange={setAccess} />
        )}
        {draft.inputs.map((input) => (
          <InputField
            key={input.id}
            input={input}
            value={values[input.id] ?? input.value ?? ''}
            error={isSent ? problems[input.id] : undefined}
            onChange={(value) => setValues({ ...values, [input.id]: value })}
          />
        ))}
      </div>
      {draft.spec.type === 'hosted' ? (
        <TextField
          label="Hosts that it may reach"
          hint="One a line: api.example.org, *.example.org, db.example.org:5432. Empty: none"
          rows={2}
          className="mono"
          spellCheck={false}
          autoCapitalize="none"
          value={hosts}
          onChange={(event) => setHosts(event.target.value)}
        />
      ) : null}
      <WhatWillHappen draft={draft} filled={filled} values={values} />
      {isSent && problems[''] !== undefined && !isStopped ? (
        <p className="err" role="alert">
          {problems['']}
        </p>
      ) : null}
      {save.error === null ? null : save.error instanceof SealRefusal ? (
        <p className="err" role="alert">
          {save.error.message}
        </p>
      ) : (
        <ErrorInPlace error={save.error} />
      )}
      <div className="acts">
        <Button type="submit" tone="go" disabled={isStopped} aria-busy={save.isPending}>
          Save and test
        </Button>
        <Button onClick={onBack}>Back</Button>
        <Button tone="bare" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  )
}

function withHosts(draft: ServerDraft, text: string): ServerDraft {
  if (draft.spec.type === 'remote') return draft
  const hosts = text.split(/[\s,]+/).filter((host) => host !== '')
  return { ...draft, spec: { ...draft.spec, hosts } }
}

function nameProblem(name: string, taken: readonly string[]): string | undefined {
  if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) return '1 to 63 small letters, digits and dashes.'
  return taken.includes(name) ? `${name} is in use; choose another.` : undefined
}

type Checked =
  | { readonly kind: 'fits'; readonly spec: McpServerSpec; readonly credentials: readonly PlannedCredential[] }
  | { readonly kind: 'wrong'; readonly problems: Readonly<Record<string, string>> }

/** What could still be wrong is said before a credential is made for it. */
function checkFilled({ origin, description }: ServerDraft, filled: Filled): Checked {
  if (filled.kind === 'incomplete') return { kind: 'wrong', problems: filled.problems }
  const about = { ...(origin === undefined ? {} : { origin }), ...(description === undefined ? {} : { description }) }
  const parsed = mcpServerSpecSchema.safeParse({ ...filled.spec, ...about })
  if (parsed.success) return { kind: 'fits', spec: parsed.data, credentials: filled.credentials }
  const [issue] = parsed.error.issues
  return { kind: 'wrong', problems: { '': `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it does not fit'}.` } }
}
