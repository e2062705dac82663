import type { CredentialKind, CredentialSpec, McpCredentialKind } from '@errand/contracts'
import { KINDS, MADE_HERE } from './kinds.ts'

/** What the fields hold. Those of other kinds stay, so that looking at another kind loses nothing. */
type GitSpec = Extract<CredentialSpec, { type: 'git' }>
type McpSpec = Extract<CredentialSpec, { type: McpCredentialKind }>

export interface CredentialForm {
  readonly kind: CredentialKind
  readonly name: string
  readonly baseUrl: string
  readonly auth: 'x-api-key' | 'bearer' | 'none'
  readonly host: string
  readonly username: string
  readonly isPrivate: boolean
  /** What opens pull requests there; undefined: known by name, or found out. */
  readonly forge: GitSpec['forge']
  /** Of a kind that only gets a new value here. */
  readonly kept: McpSpec | null
  /** Of a GitHub App. */
  readonly appId: string
  readonly installationId: string
  readonly apiUrl: string
}

const EMPTY: CredentialForm = {
  kind: 'anthropic-key',
  name: '',
  baseUrl: '',
  auth: 'x-api-key',
  host: '',
  username: 'x-access-token',
  isPrivate: false,
  forge: undefined,
  kept: null,
  appId: '',
  installationId: '',
  apiUrl: 'https://api.github.com',
}

const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** From an address: `/credentials?add=git&host=git.example`. */
export function formFromAddress(search: URLSearchParams, taken: readonly string[]): CredentialForm {
  const asked = search.get('add') ?? ''
  const kind = isKind(asked) && MADE_HERE.includes(asked) ? asked : EMPTY.kind
  const host = search.get('host') ?? ''
  return { ...EMPTY, kind, host, name: freeName(search.get('name') ?? KINDS[kind].suggestedName, taken) }
}

export function formOf(name: string, spec: CredentialSpec): CredentialForm {
  if (spec.type === 'git')
    return {
      ...EMPTY,
      kind: 'git',
      name,
      host: spec.host,
      username: spec.username,
      isPrivate: spec.private,
      forge: spec.forge,
    }
  if (spec.type === 'llm-compatible') return { ...EMPTY, kind: spec.type, name, baseUrl: spec.baseUrl, auth: spec.auth }
  if (spec.type === 'anthropic-key' || spec.type === 'anthropic-subscription')
    return { ...EMPTY, kind: spec.type, name }
  if (spec.type === 'github-app') {
    const { type, appId, installationId, apiUrl, private: isPrivate } = spec
    return { ...EMPTY, kind: type, name, appId, installationId, apiUrl, isPrivate }
  }
  return { ...EMPTY, kind: spec.type, name, kept: spec }
}

/** Of another kind; its usual name, unless somebody chose one. */
export function withKind(form: CredentialForm, kind: CredentialKind, taken: readonly string[]): CredentialForm {
  const isSuggested = form.name === '' || form.name === freeName(KINDS[form.kind].suggestedName, taken)
  return { ...form, kind, name: isSuggested ? freeName(KINDS[kind].suggestedName, taken) : form.name }
}

export function specOf(form: CredentialForm): CredentialSpec {
  switch (form.kind) {
    case 'anthropic-key':
    case 'anthropic-subscription':
      return { type: form.kind }
    case 'llm-compatible':
      return { type: form.kind, baseUrl: form.baseUrl.trim(), auth: form.auth }
    case 'git':
      return {
        type: form.kind,
        host: form.host.trim().toLowerCase(),
        username: form.username.trim(),
        private: form.isPrivate,
        ...(form.forge === undefined ? {} : { forge: form.forge }),
      }
    case 'github-app':
      return {
        type: form.kind,
        appId: form.appId.trim(),
        installationId: form.installationId.trim(),
        apiUrl: form.apiUrl.trim(),
        private: form.isPrivate,
      }
    default:
      return form.kept ?? { type: 'bearer' }
  }
}

export type Wrong = Partial<
  Record<'name' | 'baseUrl' | 'host' | 'username' | 'appId' | 'installationId' | 'apiUrl' | 'value', string>
>

/** What does not fit, at its field. */
export function wrongIn(
  form: CredentialForm,
  { value, taken }: { value: string | null; taken: readonly string[] },
): Wrong {
  return {
    ...nameProblem(form.name, taken),
    ...(form.kind === 'llm-compatible' && !/^https?:\/\/[^/\s]+/.test(form.baseUrl.trim())
      ? { baseUrl: 'Write the whole address: https://models.example' }
      : {}),
    ...(form.kind === 'git' ? gitProblems(form) : {}),
    ...(form.kind === 'github-app' ? appProblems(form) : {}),
    ...(value !== null && value.trim() === '' ? { value: 'Paste it here.' } : {}),
  }
}

function nameProblem(name: string, taken: readonly string[]): Wrong {
  if (!NAME.test(name)) return { name: '1 to 63 small letters, digits and dashes.' }
  return taken.includes(name) ? { name: `${name} is in use; choose another.` } : {}
}

function gitProblems({ host, username }: CredentialForm): Wrong {
  const typed = host.trim().toLowerCase()
  const isHost = /^(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/.test(typed)
  const only = URL.canParse(typed) ? `Write only the host: ${new URL(typed).host}.` : 'Write a host: git.example.'
  return { ...(isHost ? {} : { host: only }), ...(username.trim() === '' ? { username: 'The host wants one.' } : {}) }
}

function appProblems({ appId, installationId, apiUrl, isPrivate }: CredentialForm): Wrong {
  const isAddress = (isPrivate ? /^https?:\/\/[^/\s]+/ : /^https:\/\/[^/\s]+/).test(apiUrl.trim())
  return {
    ...(/^[A-Za-z0-9.]{1,100}$/.test(appId.trim()) ? {} : { appId: 'A number, or a client id such as Iv23abc.' }),
    ...(/^\d{1,20}$/.test(installationId.trim()) ? {} : { installationId: 'The number at the end of its address.' }),
    ...(isAddress ? {} : { apiUrl: 'Write the whole address: https://api.github.com' }),
  }
}

function freeName(wanted: string, taken: readonly string[]): string {
  if (!taken.includes(wanted)) return wanted
  let n = 2
  while (taken.includes(`${wanted}-${n}`)) n += 1
  return `${wanted}-${n}`
}

function isKind(text: string): text is CredentialKind {
  return Object.hasOwn(KINDS, text)
}
