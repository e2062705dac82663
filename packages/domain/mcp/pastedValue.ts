import { isPlaceholder, isSecretName, isSecretValue } from './looksSecret.ts'
import { inputRef, type DraftInput } from './serverDraft.ts'

/** What a file says of an input it refers to, as VS Code's `inputs` do. */
export interface InputHint {
  readonly isSecret: boolean
  readonly help?: string
  readonly choices?: readonly string[]
  readonly value?: string
}

export interface PastedValue {
  /** With `${id}` for every input. */
  readonly template: string
  readonly inputs: readonly DraftInput[]
}

const REFERENCE = /\$\{(?:(?:input|env):)?([A-Za-z_][\w.-]*)(?::-([^{}]*))?\}/g

/**
 * Reads the value of a variable or a header: what it refers to, what only stands for a value, and what is secret become
 * inputs. What is left is kept as it is.
 */
export function pastedValue(
  name: string,
  value: string,
  hints: ReadonlyMap<string, InputHint> = new Map(),
): PastedValue {
  const inputs: DraftInput[] = []
  const template = value.replaceAll(REFERENCE, (_, id: string, otherwise: string | undefined) => {
    const hint = hints.get(id)
    inputs.push({
      id,
      label: id,
      isRequired: true,
      isSecret: hint?.isSecret ?? (isSecretName(name) || isSecretName(id)),
      ...(hint?.help === undefined ? {} : { help: hint.help }),
      ...(hint?.choices === undefined ? {} : { choices: hint.choices }),
      ...given(otherwise ?? hint?.value),
    })
    return inputRef(id)
  })
  if (inputs.length > 0) return { template, inputs }

  const [, scheme = '', rest = ''] = /^((?:Bearer|Basic|Token)\s+)?(.*)$/is.exec(value) ?? []
  const isSecret = isSecretName(name) || isSecretValue(value) || scheme !== ''
  if (isPlaceholder(rest)) {
    const placeholder = rest === '' ? {} : { placeholder: rest }
    return {
      template: `${scheme}${inputRef(name)}`,
      inputs: [{ id: name, label: name, isRequired: true, isSecret, ...placeholder }],
    }
  }
  if (!isSecret) return { template: value, inputs: [] }
  return {
    template: `${scheme}${inputRef(name)}`,
    inputs: [{ id: name, label: name, isRequired: true, isSecret: true, value: rest }],
  }
}

/** The same for many, under their names. */
export function pastedValues(
  values: Readonly<Record<string, string>>,
  hints?: ReadonlyMap<string, InputHint>,
): { readonly templates: Readonly<Record<string, string>>; readonly inputs: readonly DraftInput[] } {
  const read = Object.entries(values).map(([name, value]) => ({ name, ...pastedValue(name, value, hints) }))
  return {
    templates: Object.fromEntries(read.map(({ name, template }) => [name, template])),
    inputs: eachOnce(read.flatMap(({ inputs }) => inputs)),
  }
}

/** An input that is named twice is asked for once. */
export function eachOnce(inputs: readonly DraftInput[]): readonly DraftInput[] {
  return [...new Map(inputs.map((input) => [input.id, input])).values()]
}

function given(value: string | undefined): { value?: string } {
  return value === undefined || value === '' ? {} : { value }
}
