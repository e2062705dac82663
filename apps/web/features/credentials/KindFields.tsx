import { Field, SelectField } from '../../ui/Field.tsx'
import type { CredentialForm, Wrong } from './credentialForm.ts'

interface KindFieldsProps {
  readonly form: CredentialForm
  readonly wrong: Wrong
  readonly onChange: (part: Partial<CredentialForm>) => void
}

/** What a kind asks besides its value. */
export function KindFields({ form, wrong, onChange }: KindFieldsProps) {
  if (form.kind === 'llm-compatible')
    return (
      <>
        <Field
          label="Address"
          type="url"
          className="mono"
          hint="The part before /v1/messages"
          error={wrong.baseUrl}
          value={form.baseUrl}
          onChange={(event) => onChange({ baseUrl: event.target.value })}
        />
        <SelectField
          label="The key goes as"
          value={form.auth}
          onChange={(event) => onChange({ auth: authOf(event.target.value) })}
        >
          <option value="x-api-key">x-api-key, as at Anthropic</option>
          <option value="bearer">Authorization: Bearer</option>
          <option value="none">none is needed</option>
        </SelectField>
      </>
    )
  if (form.kind === 'github-app') return <AppFields form={form} wrong={wrong} onChange={onChange} />
  if (form.kind !== 'git') return null
  return (
    <>
      <Field
        label="Host"
        className="mono"
        spellCheck={false}
        autoCapitalize="none"
        hint="github.com, *.example.org, or host:port"
        error={wrong.host}
        value={form.host}
        onChange={(event) => onChange({ host: event.target.value })}
      />
      <Field
        label="User name"
        className="mono"
        spellCheck={false}
        autoCapitalize="none"
        hint="For a token most hosts take any"
        error={wrong.username}
        value={form.username}
        onChange={(event) => onChange({ username: event.target.value })}
      />
      <SelectField
        label="Pull requests"
        hint="How this host speaks about them"
        value={form.forge ?? ''}
        onChange={(event) => onChange({ forge: FORGE_NAMES.find(([forge]) => forge === event.target.value)?.[0] })}
      >
        <option value="">Find out</option>
        {FORGE_NAMES.map(([forge, name]) => (
          <option key={forge} value={forge}>
            {name}
          </option>
        ))}
      </SelectField>
      <PrivateTick form={form} onChange={onChange} />
    </>
  )
}

function AppFields({ form, wrong, onChange }: KindFieldsProps) {
  return (
    <>
      <Field
        label="App"
        className="mono"
        spellCheck={false}
        hint="Its id or client id, on the settings page of the app"
        error={wrong.appId}
        value={form.appId}
        onChange={(event) => onChange({ appId: event.target.value })}
      />
      <Field
        label="Installation"
        className="mono"
        inputMode="numeric"
        hint="The number at the end of the installation’s address"
        error={wrong.installationId}
        value={form.installationId}
        onChange={(event) => onChange({ installationId: event.target.value })}
      />
      <Field
        label="API"
        type="url"
        className="mono"
        hint="Another one for a GitHub of your own"
        error={wrong.apiUrl}
        value={form.apiUrl}
        onChange={(event) => onChange({ apiUrl: event.target.value })}
      />
      <PrivateTick form={form} onChange={onChange} />
    </>
  )
}

function PrivateTick({ form, onChange }: Pick<KindFieldsProps, 'form' | 'onChange'>) {
  return (
    <label className="check-line">
      <input
        type="checkbox"
        className="tick"
        checked={form.isPrivate}
        onChange={(event) => onChange({ isPrivate: event.target.checked })}
      />
      <span>
        It stands on a private network
        <span className="small two">Then plain http and private addresses are allowed for exactly this host.</span>
      </span>
    </label>
  )
}

const FORGE_NAMES = [
  ['github', 'like GitHub'],
  ['gitlab', 'like GitLab'],
  ['gitea', 'like Gitea or Forgejo'],
  ['none', 'It has none'],
] as const

function authOf(value: string): CredentialForm['auth'] {
  return value === 'bearer' || value === 'none' ? value : 'x-api-key'
}
