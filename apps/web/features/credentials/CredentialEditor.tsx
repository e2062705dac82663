'use client'

import { LockOpen } from 'lucide-react'
import { type SubmitEvent, useState, useSyncExternalStore } from 'react'
import { Button } from '../../ui/Button.tsx'
import { Code } from '../../ui/Code.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { Field } from '../../ui/Field.tsx'
import { Words } from '../../ui/Words.tsx'
import { type CredentialForm, specOf, withKind, type Wrong, wrongIn } from './credentialForm.ts'
import { KindFields } from './KindFields.tsx'
import { KINDS, MADE_HERE, needsValue } from './kinds.ts'
import { SealRefusal, whyNotHere } from './sealValue.ts'
import { useSaveCredential } from './useSaveCredential.ts'

interface CredentialEditorProps {
  readonly start: CredentialForm
  /** Of one that is there, its kind and name stay. */
  readonly isNew: boolean
  readonly taken: readonly string[]
  readonly onSaved: (name: string, hasValue: boolean) => void
  readonly onClose: () => void
}

/** Adds a credential, or changes one and gives it a new value, in the place where it stands. */
export function CredentialEditor({ start, isNew, taken, onSaved, onClose }: CredentialEditorProps) {
  const [form, setForm] = useState(start)
  const [value, setValue] = useState('')
  const [wrong, setWrong] = useState<Wrong>({})
  const save = useSaveCredential(onSaved)
  const why = useSyncExternalStore(noChange, whyNotHere, () => null)
  const kind = KINDS[form.kind]
  const spec = specOf(form)
  const hasField = needsValue(spec)
  const change = (part: Partial<CredentialForm>) => setForm({ ...form, ...part })
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const isGiven = hasField && (isNew || value !== '')
    const found = wrongIn(form, { value: isGiven ? value : null, taken: isNew ? taken : [] })
    setWrong(found)
    if (Object.keys(found).length === 0)
      save.mutate({ name: form.name, spec, typed: isGiven ? () => value : null }, { onSuccess: () => setValue('') })
  }
  return (
    <form className="form inplace" aria-label={isNew ? 'New credential' : `Change ${form.name}`} onSubmit={submit}>
      {isNew ? <KindChoice form={form} onChoose={(kind) => setForm(withKind(form, kind, taken))} /> : null}
      <div className="pair two-up">
        {isNew ? (
          <Field
            label="Name"
            className="mono"
            spellCheck={false}
            autoCapitalize="none"
            hint="What agents call it"
            error={wrong.name}
            value={form.name}
            onChange={(event) => change({ name: event.target.value })}
          />
        ) : null}
        <KindFields form={form} wrong={wrong} onChange={change} />
        {hasField ? (
          <Field
            label={isNew ? kind.value : `New ${kind.value.toLowerCase()}`}
            type="password"
            autoComplete="off"
            className="mono"
            spellCheck={false}
            disabled={why !== null}
            hint={isNew ? <Words>{kind.hint}</Words> : 'Empty: the one that is there stays'}
            error={wrong.value}
            value={value}
            onChange={(event) => setValue(event.target.value)}
          />
        ) : null}
      </div>
      {why === null ? null : <NotHere why={why} form={form} />}
      {save.error === null ? null : save.error instanceof SealRefusal ? (
        <p className="err" role="alert">
          {save.error.message}
        </p>
      ) : (
        <ErrorInPlace error={save.error} />
      )}
      <div className="rowline">
        <Button type="submit" tone="go" disabled={why !== null && hasField && isNew} aria-busy={save.isPending}>
          {isNew ? 'Add and test' : 'Save and test'}
        </Button>
        <Button tone="bare" onClick={onClose}>
          Cancel
        </Button>
        {hasField && why === null ? (
          <span className="small two">Sealed in this browser. Only the gateway opens it; nobody reads it back.</span>
        ) : null}
      </div>
    </form>
  )
}

function KindChoice({ form, onChoose }: { form: CredentialForm; onChoose: (kind: CredentialForm['kind']) => void }) {
  return (
    <fieldset className="opts">
      <legend className="vh">Kind</legend>
      {MADE_HERE.map((kind) => (
        <label key={kind} className="wide">
          <input type="radio" name="kind" checked={form.kind === kind} onChange={() => onChoose(kind)} />
          <b>{KINDS[kind].name}</b>
          <span className="small two">{KINDS[kind].about}</span>
        </label>
      ))}
    </fieldset>
  )
}

/** Where a browser gives no means to seal, the machine's own command line does. */
function NotHere({ why, form }: { why: string; form: CredentialForm }) {
  return (
    <div className="callout" role="note">
      <LockOpen className="i" aria-hidden="true" />
      <span>
        <b>A value cannot be given on this page.</b> {why} Open Errand over https, or run{' '}
        <Code>{`bin/errand credentials add ${form.name} --type ${form.kind}`}</Code> on the machine.
      </span>
    </div>
  )
}

function noChange(): () => void {
  return () => undefined
}
