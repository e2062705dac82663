import { nameFrom, namedInputs, type DraftInput, type HostedDraft, type ServerDraft } from './serverDraft.ts'
import type { RemoteDraft } from './serverDraft.ts'

/** A credential that the server needs. Its value is sealed where it was typed and goes nowhere else. */
export interface PlannedCredential {
  readonly name: string
  readonly spec:
    | { readonly type: 'bearer' }
    | { readonly type: 'header'; readonly header: string }
    | { readonly type: 'basic'; readonly username: string }
    | { readonly type: 'secret' }
    | { readonly type: 'oauth'; readonly server: string }
  /** Null: a sign-in brings it later. */
  readonly value: string | null
}

export type FilledSpec =
  | (Omit<RemoteDraft, 'headers' | 'access'> & {
      readonly headers: Readonly<Record<string, string>>
      readonly credential?: string
    })
  | (Omit<HostedDraft, 'args' | 'env'> & {
      readonly args: readonly string[]
      readonly env: Readonly<Record<string, string | { readonly credential: string }>>
    })

export type Filled =
  | { readonly kind: 'filled'; readonly spec: FilledSpec; readonly credentials: readonly PlannedCredential[] }
  /** By the id of an input; under '' what concerns the draft as a whole. */
  | { readonly kind: 'incomplete'; readonly problems: Readonly<Record<string, string>> }

export interface FillInput {
  /** What the server will be called: its credentials are named after it. */
  readonly name: string
  /** By input id. What is missing takes the value that came with the draft. */
  readonly values: Readonly<Record<string, string>>
  /** Names of credentials that are there: a new one takes none of them. */
  readonly taken?: readonly string[]
}

/**
 * Puts what a person gave into a draft. A value with a secret in it becomes a credential, whole; an optional value that
 * was not given leaves no trace.
 */
export function fillDraft(draft: ServerDraft, { name, values, taken = [] }: FillInput): Filled {
  const inputs = new Map(draft.inputs.map((input) => [input.id, input]))
  const given = (id: string): string => (values[id] ?? inputs.get(id)?.value ?? '').trim()
  const problems = problemsOf(draft.inputs, given)
  const stopped = draft.notes.find((each) => each.level === 'stop')
  if (stopped !== undefined) problems[''] = stopped.words
  const put = (template: string): Put => {
    const named = namedInputs(template).filter((id) => inputs.has(id))
    return {
      text: named.reduce((text, id) => text.replaceAll(`\${${id}}`, () => given(id)), template),
      isSecret: named.some((id) => inputs.get(id)?.isSecret === true),
      isLeftOut: named.some((id) => given(id) === ''),
    }
  }
  const filled =
    draft.spec.type === 'remote'
      ? fillRemote(draft.spec, { name, taken, put })
      : fillHosted(draft.spec, { name, taken, put })
  if (filled.problem !== undefined) problems[''] ??= filled.problem
  return Object.keys(problems).length > 0
    ? { kind: 'incomplete', problems }
    : { kind: 'filled', spec: filled.spec, credentials: filled.credentials }
}

interface Put {
  readonly text: string
  readonly isSecret: boolean
  readonly isLeftOut: boolean
}

interface Result {
  readonly spec: FilledSpec
  readonly credentials: readonly PlannedCredential[]
  readonly problem?: string
}

interface Filling {
  readonly name: string
  readonly taken: readonly string[]
  readonly put: (template: string) => Put
}

function fillRemote({ access, ...spec }: RemoteDraft, { name, taken, put }: Filling): Result {
  const headers: Record<string, string> = {}
  const credentials: PlannedCredential[] = []
  for (const [header, template] of Object.entries(spec.headers)) {
    const { text, isSecret, isLeftOut } = put(template)
    if (isLeftOut || OF_THE_HOP.has(header.toLowerCase())) continue
    if (isSecret) credentials.push(headerCredential(name, header.toLowerCase(), text))
    else headers[header.toLowerCase()] = text
  }
  const url = put(spec.url)
  if (access?.kind === 'oauth' && credentials.length === 0)
    credentials.push({ name, spec: { type: 'oauth', server: name }, value: null })
  const named = credentials.map((each) => ({ ...each, name: freeName(each.name, taken) }))
  const credential = named[0]?.name ?? (access?.kind === 'credential' ? access.name : undefined)
  const problem = credentials.length > 1 ? TWO_SECRETS : url.isSecret ? SECRET_ADDRESS : addressProblem(url.text)
  return {
    spec: { ...spec, url: url.text, headers, ...(credential === undefined ? {} : { credential }) },
    credentials: named,
    ...(problem === undefined ? {} : { problem }),
  }
}

/** READMEs give them, and every client sets them itself. */
const OF_THE_HOP = new Set(['accept', 'content-type', 'user-agent', 'host'])

const TWO_SECRETS =
  'It wants secrets in two headers. Errand adds one credential to a server’s calls; ask for one token.'
const SECRET_ADDRESS = 'A secret would stand in the address, where it is shown and logged. Use a header instead.'

function addressProblem(url: string): string | undefined {
  return URL.canParse(url) && /^https?:/.test(url) ? undefined : 'The address is not one: it begins with https://.'
}

function headerCredential(name: string, header: string, value: string): PlannedCredential {
  const isAuthorization = header === 'authorization'
  const [, scheme = '', rest = ''] = /^(bearer|basic)\s+(.*)$/is.exec(value) ?? []
  if (isAuthorization && scheme.toLowerCase() === 'bearer') return { name, spec: { type: 'bearer' }, value: rest }
  const pair = isAuthorization && scheme !== '' ? basicPair(rest) : null
  if (pair !== null) return { name, spec: { type: 'basic', username: pair[0] }, value: pair[1] }
  return { name, spec: { type: 'header', header }, value }
}

/** User and password, given as they are or as the header has them. */
function basicPair(text: string): readonly [string, string] | null {
  const plain = text.includes(':') ? text : decoded(text)
  const at = plain.indexOf(':')
  return at < 0 ? null : [plain.slice(0, at), plain.slice(at + 1)]
}

function decoded(text: string): string {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) && text.length % 4 === 0 ? atob(text) : ''
}

function fillHosted(spec: HostedDraft, { name, taken, put }: Filling): Result {
  const credentials: PlannedCredential[] = []
  const env: Record<string, string | { credential: string }> = {}
  for (const [variable, template] of Object.entries(spec.env)) {
    const { text, isSecret, isLeftOut } = put(template)
    if (isLeftOut) continue
    if (!isSecret) {
      env[variable] = text
      continue
    }
    const credential = freeName(nameFrom(`${name}-${variable}`), taken)
    credentials.push({ name: credential, spec: { type: 'secret' }, value: text })
    env[variable] = { credential }
  }
  const groups = spec.args.map((words) => words.map(put)).filter((words) => !words.some((word) => word.isLeftOut))
  return {
    spec: {
      ...spec,
      package: { ...spec.package, version: put(spec.package.version).text },
      args: groups.flat().map((word) => word.text),
      env,
    },
    credentials,
  }
}

function problemsOf(inputs: readonly DraftInput[], given: (id: string) => string): Record<string, string> {
  const problems: Record<string, string> = {}
  for (const input of inputs) {
    const value = given(input.id)
    if (value === '') {
      if (input.isRequired) problems[input.id] = `${input.label} is needed.`
    } else if (input.choices !== undefined && !input.choices.includes(value)) {
      problems[input.id] = `It is one of ${input.choices.join(', ')}.`
    } else if (input.format === 'number' && Number.isNaN(Number(value))) {
      problems[input.id] = 'It is a number.'
    } else if (input.format === 'boolean' && !/^(true|false)$/.test(value)) {
      problems[input.id] = 'It is true or false.'
    }
  }
  return problems
}

function freeName(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name
  for (let n = 2; ; n += 1) {
    const next = `${name.slice(0, 58)}-${n}`
    if (!taken.includes(next)) return next
  }
}
