/** One argument of a tool as a field. `json`: whatever has no field of its own is typed as JSON. */
export interface FormArgument {
  readonly name: string
  readonly kind: 'text' | 'number' | 'whole' | 'boolean' | 'choice' | 'json'
  readonly help?: string
  readonly isRequired: boolean
  readonly choices?: readonly string[]
  readonly placeholder?: string
}

type Json = Readonly<Record<string, unknown>>

/** Reads the schema that a server gives; nothing it says is followed anywhere. */
export function formOf(schema: Json): readonly FormArgument[] {
  const properties = isObject(schema['properties']) ? schema['properties'] : {}
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  return Object.entries(properties).map(([name, property]) => {
    const about = isObject(property) ? property : {}
    const choices = Array.isArray(about['enum']) ? about['enum'].filter((one) => typeof one === 'string') : []
    return {
      name,
      kind: kindOf(about, choices),
      isRequired: required.includes(name),
      ...(typeof about['description'] === 'string' ? { help: about['description'] } : {}),
      ...(choices.length === 0 ? {} : { choices }),
      ...('default' in about ? { placeholder: asText(about['default']) } : {}),
    }
  })
}

/** What was typed as the arguments of a call; an empty field that need not be there is left out. */
export function argumentsOf(
  form: readonly FormArgument[],
  typed: Readonly<Record<string, string>>,
): { readonly value: Record<string, unknown>; readonly wrong: Readonly<Record<string, string>> } {
  const value: Record<string, unknown> = {}
  const wrong: Record<string, string> = {}
  for (const argument of form) {
    const text = typed[argument.name] ?? ''
    if (text === '') {
      if (argument.isRequired && argument.kind === 'text') value[argument.name] = ''
      else if (argument.isRequired) wrong[argument.name] = 'It is needed.'
      continue
    }
    const read = readOne(argument.kind, text)
    if (read.kind === 'wrong') wrong[argument.name] = read.words
    else value[argument.name] = read.value
  }
  return { value, wrong }
}

type Read = { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'wrong'; readonly words: string }

function readOne(kind: FormArgument['kind'], text: string): Read {
  switch (kind) {
    case 'number':
    case 'whole': {
      const number = Number(text)
      if (Number.isNaN(number)) return { kind: 'wrong', words: 'It is a number.' }
      if (kind === 'whole' && !Number.isInteger(number)) return { kind: 'wrong', words: 'It is a whole number.' }
      return { kind: 'value', value: number }
    }
    case 'boolean':
      return { kind: 'value', value: text === 'true' }
    case 'json':
      try {
        return { kind: 'value', value: JSON.parse(text) as unknown }
      } catch {
        return { kind: 'wrong', words: 'It is JSON: ["a", "b"], {"key": 1}.' }
      }
    case 'text':
    case 'choice':
      return { kind: 'value', value: text }
  }
}

function kindOf(about: Json, choices: readonly string[]): FormArgument['kind'] {
  if (choices.length > 0) return 'choice'
  switch (about['type']) {
    case 'string':
      return 'text'
    case 'number':
      return 'number'
    case 'integer':
      return 'whole'
    case 'boolean':
      return 'boolean'
    default:
      return 'json'
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
