import type { CredentialKind, CredentialSpec } from '@errand/contracts'

interface Kind {
  readonly name: string
  readonly about: string
  readonly suggestedName: string
  /** Above the field for its value. */
  readonly value: string
  readonly hint: string
}

export const KINDS: Readonly<Record<CredentialKind, Kind>> = {
  'anthropic-key': {
    name: 'Anthropic API key',
    about: 'Claude, paid by use',
    suggestedName: 'anthropic',
    value: 'Key',
    hint: 'It begins with sk-ant-.',
  },
  'anthropic-subscription': {
    name: 'Claude subscription',
    about: 'A long-lived token of a Pro or Max plan',
    suggestedName: 'claude',
    value: 'Token',
    hint: '`claude setup-token` prints one.',
  },
  'llm-compatible': {
    name: 'Compatible model',
    about: 'Any address that speaks the Messages API',
    suggestedName: 'model',
    value: 'Key',
    hint: 'As its provider gave it to you.',
  },
  git: {
    name: 'Git host',
    about: 'Clones and pushes, each run to its own branch',
    suggestedName: 'git',
    value: 'Token',
    hint: 'One that may read and write the repositories.',
  },
}

/** Where it is used: a host or an address. */
export function whereOf(spec: CredentialSpec): string | null {
  if (spec.type === 'git') return spec.host
  return spec.type === 'llm-compatible' ? spec.baseUrl : null
}

export function needsValue(spec: CredentialSpec): boolean {
  return !(spec.type === 'llm-compatible' && spec.auth === 'none')
}
