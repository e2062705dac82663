import type { DraftInput } from '@errand/domain'
import { Field, SelectField } from '../../../ui/Field.tsx'

interface InputFieldProps {
  readonly input: DraftInput
  readonly value: string
  readonly error: string | undefined
  readonly onChange: (value: string) => void
}

/** What an entry asks: a choice, a secret, or a line. */
export function InputField({ input, value, error, onChange }: InputFieldProps) {
  const shared = {
    label: input.isRequired ? input.label : `${input.label} (if you like)`,
    hint: input.isSecret ? `${sentence(input.help)}Kept as a credential, sealed in this browser.` : input.help,
    error,
    value,
  }
  const choices = input.choices ?? (input.format === 'boolean' ? ['true', 'false'] : undefined)
  if (choices !== undefined)
    return (
      <SelectField {...shared} onChange={(event) => onChange(event.target.value)}>
        <option value="">{input.isRequired ? 'Choose one' : 'as it is by itself'}</option>
        {choices.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </SelectField>
    )
  return (
    <Field
      {...shared}
      type={input.isSecret ? 'password' : 'text'}
      inputMode={input.format === 'number' ? 'decimal' : undefined}
      className="mono"
      autoComplete="off"
      spellCheck={false}
      autoCapitalize="none"
      placeholder={input.placeholder}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}

function sentence(help: string | undefined): string {
  return help === undefined || help === '' ? '' : `${help.replace(/\.?$/, '.')} `
}
